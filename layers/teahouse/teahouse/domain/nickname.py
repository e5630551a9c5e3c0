"""What are guests called who do not say? An adjective and a noun, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from teahouse.domain.user import COLORS, Language

_WORDS: Mapping[Language, tuple[Sequence[str], Sequence[str]]] = {
    "en": (
        (
            "Amber", "Brave", "Bright", "Calm", "Clever", "Cosy", "Curious", "Fragrant", "Gentle",
            "Golden", "Happy", "Honest", "Jade", "Kind", "Lively", "Lucky", "Mellow", "Merry",
            "Misty", "Patient", "Quiet", "Silver", "Smoky", "Sunny", "Warm", "Wise",
        ),
        (
            "Badger", "Bamboo", "Camellia", "Carp", "Cloud", "Crane", "Cricket", "Finch", "Fox",
            "Gibbon", "Hare", "Heron", "Kettle", "Lantern", "Lotus", "Magpie", "Moon", "Oolong",
            "Orchid", "Otter", "Panda", "Pine", "Plum", "River", "Sparrow", "Teapot", "Willow",
        ),
    ),
    "zh-CN": (
        (
            "温柔的", "安静的", "勇敢的", "聪明的", "快乐的", "好奇的", "悠闲的", "可爱的",
            "热情的", "淡定的", "清香的", "金色的", "幸运的", "机灵的", "优雅的", "爽朗的",
            "耐心的", "明亮的", "真诚的", "活泼的",
        ),
        (
            "茶壶", "熊猫", "仙鹤", "松鼠", "喜鹊", "锦鲤", "月亮", "云朵", "竹子", "兰花",
            "荷花", "梅花", "山泉", "灯笼", "乌龙", "龙井", "水獭", "白兔", "狐狸", "麻雀",
            "蟋蟀", "柳树",
        ),
    ),
}  # fmt: skip


def draw_nickname(language: Language, first: float, second: float) -> str:
    """Pair an adjective with a noun; `first` and `second` are drawn from [0, 1)."""
    adjectives, nouns = _WORDS[language]
    space = " " if language == "en" else ""
    return f"{_draw(adjectives, first)}{space}{_draw(nouns, second)}"


def draw_color(chance: float) -> str:
    """Pick a person's colour; `chance` is drawn from [0, 1)."""
    return _draw(COLORS, chance)


def _draw(choices: Sequence[str], chance: float) -> str:
    return choices[int(chance * len(choices))]
