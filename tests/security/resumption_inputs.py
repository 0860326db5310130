"""Questions about the sample that are streamed, and questions to the chat model that are cancelled."""

STREAMED = (
    "补阳还五汤由哪些中药组成？",
    "How do the volume fraction and tortuosity of the brain extracellular space change during sleep?",
    "电针百会穴对SAMP8小鼠的类淋巴系统和AQP4有什么影响？",
    "What happens to interstitial solute clearance in mice that lack aquaporin-4?",
    "丹参含有哪些成分？",
    "Which meridians does danshen belong to?",
    "知识库里有哪些2013年发表的论文？",
    "你能做什么？",
    "What is the capital of Australia?",
    "红烧肉怎么做？",
)
"""Lists from the graph, quotes of texts, the library, the service's own words, refusals; Chinese and English."""

SLOW = (
    "What happens to interstitial solute clearance in mice that lack aquaporin-4?",
    "手针预防无先兆偏头痛的多中心试验结果如何？",
)
"""Answered by a slow model, so that the cuts fall into the writing."""

LOADING = "How strongly did carotid ligation and dobutamine change arterial pulsatility and paravascular exchange?"
"""Cancelled while the model is loaded."""

WHOLE = "How wide is the extracellular space of the living brain, and how was its width measured?"
"""Answered to the end."""

CANCELLED = (
    "Did extract of Ginkgo biloba prevent dementia in old people, and how many persons developed it?",
    "How did low and high doses of curcumin change amyloid and oxidative damage in Tg2576 mice?",
    "What is the velocity of bulk flow of interstitial fluid in white matter, and how does mannitol change it?",
    "Is the clearance of dye from the brain increased or reduced during sleep, and what do critics say?",
    "What happens to interstitial solute clearance in mice that lack aquaporin-4?",
)
"""One for each moment of cancelling."""
