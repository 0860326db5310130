"""The text of the two PDF documents of the sample, written by us from the published findings they name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption above it; the first row is the header."""

    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure of named points with its caption below it."""

    caption: str
    x_label: str
    y_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    points: tuple[tuple[float, float, str], ...]


Part = Heading | Text | Table | Plot


@dataclass(frozen=True, slots=True)
class PdfText:
    """What one PDF holds."""

    name: str
    language: str
    title: str
    authors: tuple[str, ...]
    byline: str
    source: str
    year: int
    doi: str
    pmid: str
    running_head: str
    parts: tuple[Part, ...]


OSMOTIC_CHALLENGE = PdfText(
    name="kume-kick-2002-osmotic-challenge",
    language="en",
    title="Independence of extracellular tortuosity and volume fraction during osmotic challenge in rat neocortex",
    authors=(
        "June Kume-Kick",
        "Tomáš Mazel",
        "Ivan Voříšek",
        "Sabina Hrabětová",
        "Lian Tao",
        "Charles Nicholson",
    ),
    byline="June Kume-Kick, Tomas Mazel, Ivan Vorisek, Sabina Hrabetova, Lian Tao, Charles Nicholson",
    source="Summary of a paper in The Journal of Physiology, 2002. DOI: 10.1113/jphysiol.2002.017541 PMID: 12122149",
    year=2002,
    doi="10.1113/jphysiol.2002.017541",
    pmid="12122149",
    running_head="Jianxi sample: tortuosity and volume fraction under osmotic challenge",
    parts=(
        Heading("1 Question"),
        Text(
            "Two numbers describe how the space between brain cells hinders diffusion. The volume fraction tells "
            "which share of the tissue lies outside the cells; the tortuosity tells by how much obstacles lengthen "
            "the way of a diffusing particle. It seems natural that a smaller space is also a more tortuous one. "
            "Kume-Kick and colleagues asked whether the two numbers are in fact tied to each other."
        ),
        Heading("2 Approach"),
        Text(
            "Slices of rat cortex were kept in bathing media whose content of sodium chloride, and so whose "
            "osmolality, was changed. Water then enters the cells or leaves them, and the extracellular space "
            "becomes smaller or larger. In each medium the authors released tetramethylammonium from a micropipette "
            "by iontophoresis and recorded its concentration with an ion-selective microelectrode. A diffusion "
            "equation for porous media, fitted to the curves, gave both parameters at once."
        ),
        Text(
            "The method, known as real-time iontophoresis, needs a probe that does not enter cells. "
            "Tetramethylammonium is such a probe: it is small, carries one positive charge and is hardly taken up."
        ),
        Heading("3 Finding"),
        Text(
            "In normal medium of 305 mosmol/kg the tortuosity was 1.69 and the volume fraction 0.24. In dilute "
            "medium of 150 mosmol/kg cells swelled: the volume fraction fell by half, to 0.12, and the tortuosity "
            "rose to 1.86. In concentrated medium cells shrank and the volume fraction climbed steadily, up to 0.42 "
            "at 500 mosmol/kg. The tortuosity, however, sank only to about 1.67 at 350 mosmol/kg and then stayed "
            "where it was (Table 1, Figure 1)."
        ),
        Table(
            "Table 1. Extracellular parameters of rat cortical slices in media of different osmolality (mosmol/kg).",
            (
                ("Osmolality", "Tortuosity", "Volume fraction"),
                ("150", "1.86", "0.12"),
                ("305 (normal)", "1.69", "0.24"),
                ("500", "1.67", "0.42"),
            ),
        ),
        Plot(
            "Figure 1. Tortuosity against volume fraction, drawn from the values of Table 1. The numbers beside the "
            "points are osmolalities in mosmol/kg. To the right the curve is flat.",
            "Volume fraction",
            "Tortuosity",
            (0.0, 0.5),
            (1.5, 1.9),
            ((0.12, 1.86, "150"), (0.24, 1.69, "305"), (0.42, 1.67, "500")),
        ),
        Heading("4 Meaning"),
        Text(
            "Volume fraction and tortuosity are not two names for one thing. When the space narrows, both change "
            "together, but when it widens the hindrance soon reaches a floor. The authors report that dextran of "
            "3000 relative molecular mass had shown the same pattern, with a steeper slope in dilute media. A model "
            "in which cells change their shape while they swell or shrink can explain the plateau qualitatively."
        ),
        Text(
            "For anyone who models drug delivery or oedema it follows that both numbers have to be measured. A wider "
            "extracellular space, as reported for sleep or for mice without aquaporin-4, does not by itself mean "
            "that molecules spread faster: the diffusion coefficient of a small molecule depends on the tortuosity "
            "and not on the volume fraction. The amount of water outside the cells and the ease of moving through it "
            "are separate properties."
        ),
        Heading("5 Limits"),
        Text(
            "The experiments were made in slices, in which nothing flows through vessels or along them, and with "
            "osmotic steps that are far larger than those of a living brain. They describe diffusion and leave open "
            "how convection would respond."
        ),
        Heading("References"),
        Text(
            "[1] Nicholson C, Phillips JM. Ion diffusion modified by tortuosity and volume fraction in the "
            "extracellular microenvironment of the rat cerebellum. J Physiol 1981. doi:10.1113/jphysiol.1981.sp013981"
        ),
        Text(
            "[2] Sykova E, Nicholson C. Diffusion in brain extracellular space. Physiol Rev 2008. "
            "doi:10.1152/physrev.00027.2008"
        ),
    ),
)

AQP4_VOLUME = PdfText(
    name="yao-2008-aqp4-ecs-volume",
    language="zh",
    title="水通道蛋白4缺失小鼠的脑细胞外间隙增大而迂曲度不变",
    authors=("Xiaoming Yao", "Sabina Hrabětová", "Charles Nicholson", "Geoffrey T. Manley"),
    byline="Xiaoming Yao, Sabina Hrabetova, Charles Nicholson, Geoffrey T. Manley",
    source="论文摘要，The Journal of Neuroscience，2008年。DOI: 10.1523/JNEUROSCI.0257-08.2008 PMID: 18495879",
    year=2008,
    doi="10.1523/JNEUROSCI.0257-08.2008",
    pmid="18495879",
    running_head="间隙示例资料：水通道蛋白4与脑细胞外间隙",
    parts=(
        Heading("1 引言"),
        Text(
            "水通道蛋白4（AQP4）是脑内最主要的水通道，集中分布在星形胶质细胞包绕血管的足突上，也见于脑表面的胶质界膜。"
            "它影响脑水肿的发生和消退。那么在没有疾病的静息状态下，缺少AQP4会不会改变脑细胞外间隙本身的大小和形状？"
        ),
        Heading("2 方法"),
        Text(
            "研究者采用四甲基铵（TMA+）实时离子电泳法：由一根微电极把TMA+释放到脑组织中，"
            "再由相距不远的离子选择性微电极记录它的浓度变化，用多孔介质的扩散方程拟合曲线，"
            "同时得到三个参数，即细胞外间隙容积分数α、迂曲度λ和TMA+的损失率k′。"
            "在体测量在年龄相配的AQP4基因敲除小鼠和野生型小鼠的体感皮层进行，另外还在离体脑片上重复了测量。"
        ),
        Heading("3 结果"),
        Text(
            "敲除小鼠的容积分数为0.23，野生型小鼠为0.18，增加了28%。两组的迂曲度分别为1.62和1.61，没有差别；"
            "TMA+的损失率也没有差别（表1，图1）。脑片上的结果相同：敲除小鼠的容积分数升高，迂曲度不变。"
        ),
        Table(
            "表1 两种小鼠体感皮层细胞外间隙的扩散参数（在体测量）",
            (
                ("参数", "野生型", "AQP4敲除"),
                ("容积分数 α", "0.18±0.003", "0.23±0.007"),
                ("迂曲度 λ", "1.61±0.02", "1.62±0.04"),
                ("损失率 k′ (1/s)", "0.0031±0.0009", "0.0045±0.0001"),
            ),
        ),
        Plot(
            "图1 根据表1的数值绘制的容积分数与迂曲度。两点左右分开而高低相近：间隙变大，迂曲度不变。",
            "容积分数 α",
            "迂曲度 λ",
            (0.1, 0.3),
            (1.4, 1.8),
            ((0.18, 1.61, "野生型"), (0.23, 1.62, "敲除")),
        ),
        Heading("4 讨论"),
        Text(
            "这是首次在成年动物上直接比较AQP4敲除小鼠与野生型小鼠的细胞外间隙参数。"
            "结果说明，AQP4参与调节细胞外间隙的容积，但不改变间隙对小分子扩散的阻碍。"
            "容积分数和迂曲度是两个不同的量：间隙变宽，并不等于分子扩散得更快。"
        ),
        Text(
            "细胞外间隙的大小会影响神经活动时钾离子和谷氨酸浓度升高的幅度，因此这一发现也有助于理解AQP4敲除动物的癫痫表型。"
            "用AQP4敲除小鼠研究类淋巴转运时，还应当考虑基线容积分数已经不同这一事实。"
        ),
        Heading("5 结论与局限"),
        Text(
            "四甲基铵是小离子，大分子的情况需要另行测定。基因敲除从胚胎期就已存在，容积的增加也可能来自发育中的代偿，"
            "而不一定是成年脑中缺少水通道的直接后果。测量只涉及扩散，没有涉及液体的流动。"
        ),
        Heading("参考文献"),
        Text(
            "[1] Sykova E, Nicholson C. Diffusion in brain extracellular space. Physiol Rev 2008. "
            "doi:10.1152/physrev.00027.2008"
        ),
    ),
)
