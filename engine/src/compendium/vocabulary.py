"""The words of the ledger, each once: verdicts, questions, rules, weights, grades, in both languages, with colours."""

from dataclasses import dataclass

from compendium.languages import own


@dataclass(frozen=True)
class Word:
    """A word of the vocabulary, `word[language]`: its form and what it means in Chinese and English; its colour if any.

    An answer has the verdicts that it stands for; how strong evidence is has a mark.
    """

    zh: str
    en: str
    means_zh: str = ""
    means_en: str = ""
    colour: str = ""
    verdicts: tuple[str, ...] = ()
    mark: str = ""

    def __getitem__(self, language: str) -> str:
        return self.zh if own(language) == "zh" else self.en

    def means(self, language: str) -> str:
        """Return what the word means in a language."""
        return self.means_zh if own(language) == "zh" else self.means_en


def by_english(*words: Word) -> dict[str, Word]:
    """Return words by their English form."""
    return {word.en: word for word in words}


MEANINGS = {  # what each verdict says, in Chinese and English
    "contradicted": ("证据与之不合", "evidence disagrees"),
    "inconsistent": ("与论文自身的其他表述不合", "clashes with the paper's own other statements"),
    "mixed": (
        "有一部分怎么读都不成立，其余成立或不明",
        "wrong in one part under every fair reading, right or unknown in the rest",
    ),
    "relabelled": (
        "数字确有，但怎么读都是另一回事，或属于别的时间、别的基数",
        "the figure is there, but under every fair reading means something else, or held at another time",
    ),
    "depends on the reading": (
        "论文的话有几种合理的读法：按一种成立，按另一种不成立或不能定；都列出",
        "its words can fairly be read in several ways: under one it holds, under another it fails or is not settled",
    ),
    "bounded": (
        "数据只给出一个区间，不排除论文的数；或论断中能判定的部分都成立",
        "the data allow a range including the paper's number; or the part that can be judged holds",
    ),
    "open": ("数据既未证实，也未排除；或各来源说法不一", "the data exclude neither yes nor no, or sources disagree"),
    "confirmed": (
        "另一次独立的测量与之一致，来自官方或署名来源，站点可靠",
        "an independent measurement agrees, from an official or named source on a trusted site",
    ),
    "traced": (
        "来源里有同一数字、同一含义；没有第二次测量，或只有弱证据",
        "same figure and meaning in a source; no second measurement, or a weak one only",
    ),
    "reproduced": (
        "按论文写明的方法可由公开数据算出，没有来源印有这个数；不是第二次测量",
        "follows from public data by the method the paper states, though no source prints it; no second measurement",
    ),
    "recomputed": (
        "按所述方法可由作者自己的数据算出；不是第二次测量",
        "follows from the authors' own data by the method stated; no second measurement",
    ),
    "consistent": ("只能由论文自己的其他话推出", "follows from the paper's own other statements only"),
    "indirect": ("证据说的只是相关的事", "only evidence on something related"),
    "not obtained": ("能定案的资料存在，但没有得到", "a record that would decide exists, but was not obtained"),
    "no source found": ("查过，没有找到出处", "the searches logged found none"),
    "not testable": ("没有给出可以检验的指标或界限", "no measure or threshold is given"),
}
# In the order in which they are told: what a reader must know before quoting the paper comes first.
VERDICTS = {
    english: Word(chinese, english, *MEANINGS[english], colour)
    for english, chinese, colour in (
        ("contradicted", "不符", "#D55E00"),
        ("inconsistent", "自相矛盾", "#A23B00"),
        ("mixed", "部分不符", "#CC79A7"),
        ("relabelled", "口径不符", "#E69F00"),
        ("depends on the reading", "看口径而定", "#2F7F9E"),
        ("bounded", "在区间内", "#56B4E9"),
        ("open", "正反皆可能", "#9AD0F5"),
        ("confirmed", "独立证实", "#009E73"),
        ("traced", "溯源一致", "#0072B2"),
        ("reproduced", "复现一致", "#2E8BA8"),
        ("recomputed", "重算一致", "#5C8A00"),
        ("consistent", "自洽", "#3F4A56"),
        ("indirect", "仅有旁证", "#8C6D31"),
        ("not obtained", "资料未取得", "#B8A1D9"),
        ("no source found", "未见出处", "#999999"),
        ("not testable", "无从检验", "#DCDCDC"),
    )
}
# The words of what came after the paper: a verdict, or that nothing decides.
SINCE = VERDICTS | by_english(
    Word("未定", "undecided", "论文之后没有公布可比的数", "nothing comparable was printed after the paper", "#999999")
)
MATCHING = ("confirmed", "traced", "reproduced", "recomputed")
# The three answers, the gravest first; each verdict belongs to one.
ANSWERS = {
    "correct": Word(
        "引用前须更正",
        "needs correcting",
        colour="#D55E00",
        verdicts=("contradicted", "inconsistent", "mixed", "relabelled"),
    ),
    "unsettled": Word(
        "尚不能定",
        "not settled",
        colour="#767676",
        verdicts=(
            *("depends on the reading", "bounded", "open", "indirect", "consistent"),
            *("not obtained", "no source found", "not testable"),
        ),
    ),
    "matches": Word("与出处相符", "matches a source", colour="#00795A", verdicts=MATCHING),
}
DOUBTED = ANSWERS["correct"].verdicts  # what must be known before the paper is quoted
DEPENDS = "depends on the reading"
QUALIFIED = (*DOUBTED, DEPENDS)  # beside these stands what to quote instead
TRUSTS = {"ok": Word("", ""), "unsafe": Word("可疑站点", "untrusted site")}
AGREEMENTS = ("same", "relabelled", "related", "part", "depends", "interval", "open", "differs", "none")
DIFFERENCES = {
    "population": Word("统计的对象", "population"),
    "time": Word("时间", "time"),
    "base": Word("百分比的基数", "base"),
    "kind": Word("所量的东西", "what is measured"),
    "scope": Word("只涉及一部分", "covering a part only"),
}
RULES = {
    "printed": Word(
        "所载", "printed", "每个出处所载的数逐一与论文比较", "what each origin prints is compared with the paper"
    ),
    "recomputed": Word(
        "重算",
        "recomputed",
        "由各行算出，按论文所写的位数比较",
        "computed from rows, compared at the printed precision",
    ),
    "within_error": Word(
        "误差之内",
        "within the error",
        "由各行得出的估计值与论文的相比，以两者之差的标准误为尺",
        "an estimate from rows against the paper's, by the standard error of their difference",
    ),
    "parts": Word("分部", "parts", "所述的各部分分别比较", "each part of the statement is compared by itself"),
    "bounded": Word(
        "定界", "bounds", "由各行得出的精确界与论文所写的数值比较", "sharp bounds from rows against the printed figure"
    ),
    "by_reading": Word(
        "读法", "readings", "按各种合理的读法逐一比较", "compared under each fair reading of the statement"
    ),
    "own": Word(
        "自证", "own numbers", "只与论文自身的其他表述比较", "compared with the paper's own other statements only"
    ),
    "searched": Word(
        "检索", "searched", "没有可比的行，看检索和已知的记录", "no row to compare; searches and known records decide"
    ),
}
WEIGHTS = by_english(
    Word("核心", "headline"), Word("辅助", "supporting"), Word("结构", "structural"), Word("合计", "all")
)
GRADES = {
    "A": Word("官方机构或出版者", "official body or publisher"),
    "B": Word("署名媒体、期刊或机构", "named press, journal or institution"),
    "C": Word("转载或聚合站点", "mirror or aggregator"),
}
STRENGTHS = {
    "firm": Word("", "", "证据可靠", "firm", mark="●"),
    "weak": Word(
        "弱证据",
        "weak",
        "离不开转载、聚合站点（C 级）或可疑站点",
        "hangs on a mirror or aggregator (grade C) or an untrusted site",
        mark="○",
    ),
    "": Word("", ""),
}
DIRECTIONS = {
    "for": Word("支持", "for it"),
    "against": Word("反对", "against it"),
    "both": Word("两边都有", "both ways"),
}  # of related evidence
ANOTHER = {
    "relabelled": Word("（口径或时间不同）", " (another sense or time)"),
    "depends": Word("（按一种读法）", " (under one reading)"),
}
WITHIN, RANGE = Word("（{}）", " ({})"), Word("至", " to ")
TRUTHS = Word("否", "no"), Word("是", "yes")
OVER = "多"  # behind a printed number, which what is found does not repeat

# What is found of a statement that is no number: by agreement, else in general.
STATED = {
    ("related", "yes"): Word("旁证支持", "related evidence for it"),
    ("related", "no"): Word("旁证反对", "related evidence against it"),
    ("related", "no / yes"): Word("旁证有支持也有反对", "related evidence both ways"),
    ("related", "no to yes"): Word("旁证也不能定", "related evidence leaves it open"),
    ("own", "yes"): Word("论文内部成立", "holds within the paper"),
    ("part", "no"): Word("可判定的部分不成立", "does not hold where known"),
    ("depends", "yes"): Word("按一种读法成立", "holds under one reading"),
    ("depends", "no / yes"): Word("按一种读法成立，按另一种不成立", "holds under one reading, fails under another"),
    ("open", "no"): Word("按一种读法不成立", "fails under one reading"),
    ("open", "no / yes"): Word("各来源说法不一", "sources disagree"),
    ("interval", "yes"): Word("可判定的部分成立", "holds where known"),
    "yes": Word("成立", "holds"),
    "no": Word("不成立", "does not hold"),
    "no / yes": Word("部分成立", "holds in part"),
    "no to yes": Word("不能定", "open"),
    "": Word("无可比数据", "nothing to compare"),
}


def answered(verdict: str) -> str:
    """Return which of the three answers a verdict belongs to, a key of ANSWERS; what is undecided is not settled."""
    if verdict == "undecided":
        return "unsettled"
    return next(key for key, answer in ANSWERS.items() if verdict in answer.verdicts)


def verdict(agreement: str, origin: str) -> str:
    """Return the verdict for two of the three answers; the third, the trace, tells where and moves no word.

    Args:
        agreement: key of AGREEMENTS other than `none`.
        origin: whose rows decide, as in `Assessment`; `other` only where a measurement of another origin agrees,
            `authors` where the number follows from the authors' own data, `data` where it follows from public ones.
    """
    if agreement == "depends":
        return DEPENDS
    if origin == "own" and agreement != "open":
        return "consistent" if agreement == "same" else "inconsistent"
    if agreement == "same":
        return {"other": "confirmed", "authors": "recomputed", "data": "reproduced"}.get(origin, "traced")
    words = {"related": "indirect", "part": "mixed", "interval": "bounded", "differs": "contradicted"}
    return (words | {word: word for word in ("relabelled", "open")})[agreement]
