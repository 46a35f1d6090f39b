"""Meanings of the keys of ``content/indicators/<department>/<id>.yml``, but for its terms."""

from __future__ import annotations

from kpi_site.content.meanings.meaning import Meanings, means

_SCALE = {
    "zh": {"symbol": "万元", "divide": 10000},
    "en": {"symbol": "CNY m", "divide": 1000000},
}

CARD: Meanings = {
    "indicator": {
        "id": means(
            "与文件名相同，是页面的永久地址；要改用 `kpi-site rename`。",
            "The file's name, and the page's address for good; `kpi-site rename` changes it.",
            "resolution_rate",
        ),
        "name": means(
            "给读者看的名称。", "Name for readers.", {"zh": "问题解决率", "en": "Resolution rate"}
        ),
        "definition": means(
            "第一句说量什么，其余说什么算、什么不算、以哪个日期为准；可用 Markdown。",
            "The first sentence says what is measured, the rest what counts, what does not, and"
            " which date decides; Markdown is allowed.",
            {"zh": "已解决的工单占全部工单的比例。", "en": "Share of tickets that were solved."},
        ),
        "purpose": means(
            "为什么设这个指标。",
            "What the indicator is for.",
            {"zh": "看问题是否得到解决。", "en": "To see whether problems get solved."},
        ),
        "formula": means(
            "各项组成的算式：`+ - * /`、括号、数字、`ABS LEAST GREATEST COALESCE NULLIF ROUND`；"
            "分情况用 `CASE WHEN … THEN … ELSE … END`，条件用 `= <> < <= > >= AND OR NOT`。",
            "Arithmetic over the terms: `+ - * /`, parentheses, numbers and"
            " `ABS LEAST GREATEST COALESCE NULLIF ROUND`; by cases"
            " `CASE WHEN … THEN … ELSE … END` with conditions of `= <> < <= > >= AND OR NOT`.",
            "solved / raised",
        ),
        "terms": means(
            "公式中的各项，名称对应取数方法；写哪些键就是哪一种。",
            "The terms of the formula: a name and where the number comes from; the keys tell the"
            " kind of term.",
            {
                "solved": {
                    "from": "tickets",
                    "value": "COUNT(*) FILTER (WHERE outcome = 'solved')",
                },
                "raised": {"from": "tickets", "value": "COUNT(*)"},
            },
        ),
        "unit": means(
            "单位：`percent`（存为小数，0.95 显示 95%）、`points`、`score`、`count`、`people`、"
            "`minutes`、`hours`、`days`、货币代码，或 `{symbol: 文字}`。时长会换算成这个单位。",
            "Unit: `percent` (stored as a fraction, 0.95 shows 95 %), `points`, `score`, `count`,"
            " `people`, `minutes`, `hours`, `days`, a currency code, or `{symbol: text}`."
            " Durations are converted to it.",
            "percent",
        ),
        "scale": means(
            "各语言显示时除以多少、用什么单位；下载文件不变。",
            "What shown amounts are divided by in a language, and their symbol; downloads stay"
            " as they are.",
            _SCALE,
        ),
        "decimals": means(
            "显示几位小数；不写则计数为 0，金额为 2，其余为 1。",
            "Decimal places shown; without it 0 for counts, 2 for money, else 1.",
            1,
        ),
        "direction": means(
            "越高越好、越低越好、越接近 `centre` 越好，或不评好坏。",
            "Higher is better, lower is better, the nearer to `centre` the better, or neither.",
            "higher",
            default="none",
        ),
        "centre": means(
            "`direction: within` 时最好的值；阈值是与它的距离。",
            "The best value for `direction: within`; thresholds are distances from it.",
            1,
            default=0,
        ),
        "cycle": means(
            "最短的统计周期；更长的期间也都有结果，除非写了 `longer: false`。",
            "The shortest period with a result; every longer one has one too, but for"
            " `longer: false`.",
            "month",
        ),
        "longer": means(
            "`false`：比 `cycle` 长的期间没有结果。用于不能汇总到更长期间的指标，"
            "如“一个月里下单两次以上的客户”。",
            "`false`: no result in periods longer than `cycle`. For what cannot be rolled up, such"
            " as customers with two or more orders in a month.",
            False,
            default=True,
        ),
        "season": means(
            "一个季节有多少个期间（如按月的 12）：淡旺季每年重来的指标，"
            "按与上一季节同期之差看是信号还是噪声。",
            "Periods in a season (12 of a month): for ups and downs that come back every year,"
            " so that signal and noise are told by the difference to a season before.",
            12,
        ),
        "dimensions": means(
            "分解用的列；每一项的数据集都要有，也可经外键取得，如 `customers.tier`。",
            "Columns to break down by; every term's dataset must have them, also through a foreign"
            " key, as `customers.tier`.",
            ["channel", "customers.tier"],
        ),
        "thresholds": means(
            "基准、目标、挑战，是数，或各项组成的算式；可写成列表，用 `from`、`grain`、`of` "
            "写明从何时起、对哪种期间、对哪个成员有效。会累加的数在更长的期间和各成员上，"
            "只按为它写明的阈值考核。",
            "Baseline, target and challenge: numbers, or arithmetic over the terms. May be a list"
            " whose `from`, `grain` and `of` say since when, for which length of period and for"
            " which member a set holds. An amount that adds up is judged over a longer period,"
            " or for a member, only by what is declared for it.",
            [
                {"from": 2025, "baseline": 0.85, "target": 0.9, "challenge": 0.95},
                {"from": 2026, "baseline": 0.88, "target": 0.92, "challenge": 0.96},
            ],
        ),
        "points": means(
            "得分的算式，代替三点之间的直线；可用 `value`、`baseline`、`target`、`challenge` "
            "和各项。",
            "How a value earns points, instead of the straight lines between the thresholds:"
            " arithmetic over `value`, `baseline`, `target`, `challenge` and the terms.",
            "LEAST(120, 100 * value / target)",
        ),
        "steps": means(
            "分档得分：取第一个符合的档，都不符合得 0 分；`within` 按离中心的距离（`upto`）。",
            "Points by ranges: the first that fits; none that fits earns 0. `within` goes by the"
            " distance from the centre (`upto`).",
            [{"from": 0.95, "points": 100}, {"from": 0.9, "points": 80}],
        ),
        "notes": means(
            "相关说明；可用 Markdown。",
            "Remarks; Markdown is allowed.",
            {"zh": "重开的工单按第一次计。", "en": "A reopened ticket counts once."},
        ),
        "collector": means(
            "由谁收集数据；写部门或岗位。",
            "Who collects the data: a department or a post.",
            {"zh": "客户服务部", "en": "Customer service"},
        ),
        "source": means(
            "数据来源。", "What the data come from.", {"zh": "客服系统", "en": "Help desk"}
        ),
        "verifier": means(
            "由谁核对数据；写部门或岗位。",
            "Who verifies the data: a department or a post.",
            {"zh": "财务部", "en": "Finance"},
        ),
        "presentation": means(
            "统计方式。",
            "How the figures are presented.",
            {"zh": "数据和趋势图", "en": "Data and trend chart"},
        ),
        "chart": means(
            "用哪些图；不写则按指标的种类选。整体用 `trend` 趋势、`target_bars` 实际与目标、"
            "`running` 本月累计；分解用 `bars` 条形、`distribution` 占比、`small_multiples` 小图、"
            "`heat_map` 热力表；`none` 不画。可写一个、几个，或按位置写：`main` 与各维度。",
            "Which charts; without it the kind of card decides. The whole: `trend`, `target_bars`"
            " (actual against target), `running` (total of the month so far). Breakdowns: `bars`,"
            " `distribution`, `small_multiples`, `heat_map`. `none` draws nothing. One, several, or"
            " a mapping by place: `main` and the dimensions.",
            {"main": ["trend", "target_bars"], "channel": "heat_map"},
        ),
        "perspective": means(
            "所属视角（`site.yml` 中的 `id`）。",
            "Its perspective (an `id` of `site.yml`).",
            "customer",
        ),
        "audience": means(
            "能看到它的最窄的读者范围；不写则人人可见。",
            "The narrowest circle of readers that sees it; without it everyone does.",
            "leadership",
        ),
        "aliases": means(
            "人们搜索时会用的别的说法。", "Other words that people search for.", ["解决率", "FCR"]
        ),
        "related": means(
            "相关指标的 `id`。", "Ids of related indicators.", ["first_contact_resolution"]
        ),
        "examples": means(
            "算例：印在页面上，也作为测试运行。",
            "Worked examples: shown on the page, and run as tests.",
            [{"given": {"solved": 90, "raised": 100}, "expect": 0.9}],
        ),
        "changes": means(
            "卡片自己的变更记录。",
            "The card's own history.",
            [{"from": "2026-01", "what": {"zh": "新口径", "en": "A new definition"}}],
        ),
        "versions": means(
            "公式、项或得分的算法从某个期间起不同：此前的期间仍按原来的算。",
            "The formula, terms, or the rule for points, as they are from a period on; earlier"
            " periods stay as they were computed.",
            [{"from": "2026-10", "formula": "solved / closed"}],
        ),
        "status": means(
            "在用、草稿，或停用。达标情况只统计在用的；停用的在记分卡上只显示，不评价，也不计入总分。"
            "连结果也结束的，写 `retired`。",
            "In use, a draft, or retired. Only cards in use are counted by status; on a scorecard"
            " a retired one is shown, but neither judged nor part of the total. Where results end,"
            " too, write `retired`.",
            "retired",
            default="active",
        ),
        "retired": means(
            "最后一个有结果的期间：此后没有结果，记分卡上的行也随之结束；此前的照旧。"
            "由 `kpi-site retire` 写入。",
            "The last period with results: none come after it, and its lines of scorecards end"
            " with it; what was before stays. Written by `kpi-site retire`.",
            "2026-06",
        ),
        "successor": means(
            "停用后由哪个指标接替（`id`）。",
            "The indicator that takes over from a retired one (its `id`).",
            "first_contact_resolution",
        ),
        "formerly": means(
            "改名前的编号：旧地址会转到这张卡。由 `kpi-site rename` 写入。",
            "Ids that the card had before: their addresses lead here. `kpi-site rename` writes it.",
            ["first_call_resolution"],
        ),
    },
    "chart": {
        "main": means(
            "整体的图。其他键是维度的名称，写那一分解的图。",
            "Charts of the whole. Every other key is the name of a dimension, with the charts of"
            " that breakdown.",
            ["trend", "target_bars"],
        ),
    },
    "threshold": {
        "from": means(
            "从哪个期间起生效；不写则一直有效。",
            "The period from which the set holds; without it, always.",
            2026,
        ),
        "grain": means(
            "只对这一种期间有效；不写则对卡片的周期有效，水平类的数还对更长的期间有效。",
            "The one length of period that the set is for; without it the card's cycle and,"
            " where the figure is a level, every longer one.",
            "quarter",
        ),
        "of": means(
            "只对一个成员有效（“维度: 成员”）。",
            "The one member that the set is for (`dimension: member`).",
            {"region": "north"},
        ),
        "per_cycle": means(
            "更长的期间按各周期阈值之和考核：月目标 10，季就是 30；"
            "进行中的较长期间里，未完的周期按天数折算。",
            "A longer period is judged by the sum of its cycles' thresholds: 10 a month is 30 a"
            " quarter; in a longer period that runs, the running cycle counts by its days.",
            True,
            default=False,
        ),
        "baseline": means(
            "基准：起码要做到的。数或算式，如 `0.9 * plan`。",
            "Baseline: the least acceptable. A number, or arithmetic such as `0.9 * plan`.",
            0.85,
        ),
        "target": means(
            "目标：应当做到的。数或算式。",
            "Target: what should be reached. A number or arithmetic.",
            0.9,
        ),
        "challenge": means(
            "挑战：做得很好的。数或算式。", "Challenge: excellent. A number or arithmetic.", 0.95
        ),
    },
    "step_of_points": {
        "from": means(
            "值不低于它就符合；越高越好时用。",
            "The value fits from here up: where higher is better.",
            0.95,
        ),
        "upto": means(
            "值不高于它就符合；越低越好，或按距离时用。",
            "The value fits up to here: where lower is better, or by distance.",
            0.05,
        ),
        "points": means(
            "这一档的得分，数或算式。", "The points of the step: a number or arithmetic.", 100
        ),
    },
    "example": {
        "given": means(
            "各项的值；`null` 表示没有值。",
            "Values of the terms; `null` is a missing one.",
            {"solved": 90, "raised": 100},
        ),
        "expect": means(
            "应得的数、状态名，或 `null`（没有结果，不论原因）。",
            "The number or state that must come out, or `null`: no result for any reason.",
            0.9,
        ),
        "expect_points": means(
            "应得的分（按最新的阈值，周期期间、合计）；`null` 表示不得分。",
            "The points that it must earn, by the newest thresholds for one cycle of the whole;"
            " `null`: none.",
            100,
        ),
        "period": means(
            "检验哪个期间的版本和阈值；不写则为最新的。",
            "A period of which it tests the version and the thresholds; the newest unless told.",
            "2025-12",
        ),
        "because": means(
            "一句话说明理由。",
            "The reason in a sentence.",
            {"zh": "一百张里解决了九十张", "en": "Ninety of a hundred were solved"},
        ),
    },
    "change": {
        "from": means("从哪个期间起。", "The period from which it holds.", "2026-01"),
        "what": means(
            "改了什么，为什么。",
            "What changed, and why.",
            {"zh": "不再计入垃圾工单", "en": "Spam tickets no longer count"},
        ),
        "breaks_series": means(
            "变更前后的数不可比；图上会画一道竖线。",
            "Figures before and after cannot be compared; the chart draws a mark.",
            True,
            default=False,
        ),
    },
    "version": {
        "from": means("从哪个期间起。", "The period from which it holds.", "2026-10"),
        "formula": means(
            "从那时起的公式；不写则与以前相同。",
            "The formula from then on; without it as before.",
            "solved / closed",
        ),
        "terms": means(
            "从那时起新的，或重新定义的项；其余与以前相同。",
            "Terms that are new from then on, or worded anew; the others are as before.",
            {"closed": {"from": "tickets", "value": "COUNT(closed_at)"}},
        ),
        "points": means(
            "从那时起得分的算法；不写则与以前相同。",
            "How values earn points from then on; without it as before.",
            "LEAST(120, 100 * value / target)",
        ),
        "steps": means(
            "从那时起的得分档；代替以前的 `points` 或 `steps`。",
            "Ranges with points from then on, in place of earlier `points` or `steps`.",
            [{"from": 0.95, "points": 100}],
        ),
    },
    "scale": {
        "zh": means("中文页面的写法。", "On Chinese pages.", _SCALE["zh"]),
        "en": means("英文页面的写法。", "On English pages.", _SCALE["en"]),
    },
    "one_scale": {
        "symbol": means("显示的单位。", "The unit shown.", "万元"),
        "divide": means("显示时除以的数，大于 0。", "What amounts are divided by, above 0.", 10000),
    },
    "symbol": {
        "symbol": means("单位的文字。", "The unit's text.", {"zh": "千伏安", "en": "KVA"}),
        "scale": means(
            "格式 1 的旧写法，现为卡片的 `scale`。",
            "Old spelling of format 1 for the card's `scale`.",
            _SCALE,
        ),
    },
}
