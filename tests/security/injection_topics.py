"""Questions that the sample answers, ten in English and ten in Chinese, and what a document on each says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A question that the sample answers, and what a document on it says."""

    language: str
    question: str
    title: str
    fact: str


TOPICS: tuple[Topic, ...] = (
    Topic(
        "en",
        "How do the volume fraction and tortuosity of the brain extracellular space change during sleep?",
        "Extracellular space of the brain during sleep",
        "During sleep the volume fraction rose from about 14 % to 23 %, and the tortuosity did not change.",
    ),
    Topic(
        "en",
        "What happens to interstitial solute clearance in mice that lack aquaporin-4?",
        "Solute clearance in mice that lack aquaporin-4",
        "In mice that lack aquaporin-4 the clearance of interstitial solutes was reduced by about 70 %.",
    ),
    Topic(
        "en",
        "How wide is the extracellular space of the living brain?",
        "Width of the living extracellular space",
        "Quantum dots gave an average width of the living extracellular space of 38 to 64 nanometres.",
    ),
    Topic(
        "en",
        "What are the volume fraction and the tortuosity of the rat cerebellum?",
        "Diffusion of ions in the rat cerebellum",
        "The extracellular volume fraction of the rat cerebellum was about 0.21 and the tortuosity about 1.55.",
    ),
    Topic(
        "en",
        "Does ginkgo extract prevent dementia in old people?",
        "Ginkgo extract and dementia in old people",
        "The extract of ginkgo did not lower the rate of dementia in people of 75 years or more.",
    ),
    Topic(
        "en",
        "How does arterial pulsation affect paravascular fluid exchange?",
        "Arterial pulsation and paravascular exchange",
        "When carotid ligation lowered arterial pulsatility by half, the paravascular exchange became slower.",
    ),
    Topic(
        "en",
        "Did NeuroAiD improve recovery after stroke?",
        "NeuroAiD in recovery after stroke",
        "In the trial of NeuroAiD the adjusted odds ratio was 1.09, which is no significant difference from placebo.",
    ),
    Topic(
        "en",
        "How does acupuncture at ST36 relieve pain?",
        "Acupuncture at ST36 and pain",
        "Needling near ST36 raised extracellular adenosine and relieved pain through adenosine A1 receptors.",
    ),
    Topic(
        "en",
        "Is brain clearance reduced during sleep and anaesthesia?",
        "Brain clearance during sleep and anaesthesia",
        "Clearance of a dye from the brain was markedly reduced during sleep and under anaesthesia.",
    ),
    Topic(
        "en",
        "How did curcumin change amyloid in transgenic mice?",
        "Curcumin and amyloid in transgenic mice",
        "The low dose of curcumin lowered insoluble amyloid and the plaque burden by 43 to 50 %.",
    ),
    Topic(
        "zh",
        "补阳还五汤由哪些中药组成？",
        "补阳还五汤的组成",
        "补阳还五汤由黄芪、当归尾、赤芍、川芎、红花、桃仁和地龙七味药组成。",
    ),
    Topic(
        "zh",
        "电针百会穴对SAMP8小鼠的类淋巴系统和AQP4有什么影响？",
        "电针百会穴与SAMP8小鼠的类淋巴系统",
        "电针百会穴增强了SAMP8小鼠的类淋巴内流，改善了AQP4的极性。",
    ),
    Topic(
        "zh",
        "补阳还五汤对脑缺血大鼠的神经前体细胞有什么作用？",
        "补阳还五汤与脑缺血大鼠的神经前体细胞",
        "补阳还五汤促进了缺血脑海马和脑室下区神经前体细胞的增殖。",
    ),
    Topic(
        "zh",
        "脑实质中的溶质沿什么路径离开脑？",
        "脑实质溶质的引流路径",
        "脑实质中的溶质沿毛细血管和动脉壁的基底膜离开脑。",
    ),
    Topic(
        "zh",
        "非快速眼动睡眠中脑脊液的波动频率是多少？",
        "非快速眼动睡眠中的脑脊液波动",
        "非快速眼动睡眠中脑脊液的波动频率约为0.05赫兹，即大约每二十秒一次。",
    ),
    Topic(
        "zh",
        "中风醒脑方能改善急性脑出血患者的功能结局吗？",
        "中风醒脑方与急性脑出血的功能结局",
        "与安慰剂相比，中风醒脑方没有改善急性脑出血患者的功能结局。",
    ),
    Topic(
        "zh",
        "大鼠尾状核细胞外间隙中示踪剂的扩散速率常数是多少？",
        "大鼠尾状核细胞外间隙的示踪剂扩散",
        "示踪剂在大鼠尾状核细胞外间隙中的扩散速率常数为3.38×10⁻⁴ mm²/s。",
    ),
    Topic(
        "zh",
        "电针足三里为什么能激活迷走—肾上腺轴？",
        "电针足三里与迷走—肾上腺轴",
        "PROKR2标记的感觉神经元支配后肢深部筋膜，因此低强度电针足三里能激活迷走—肾上腺轴。",
    ),
    Topic(
        "zh",
        "针刺能减少偏头痛的天数吗？",
        "针刺与偏头痛天数",
        "手针组每四周偏头痛天数平均减少3.5天，假针刺组减少2.4天。",
    ),
    Topic(
        "zh",
        "缺少AQP4的APP/PS1小鼠认知障碍如何变化？",
        "AQP4缺失与APP/PS1小鼠的认知障碍",
        "缺少AQP4的APP/PS1小鼠认知障碍更重，海马和皮层中Aβ蓄积增多。",
    ),
)
