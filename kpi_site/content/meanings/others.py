"""Meanings of the keys of scorecards, reports and actions."""

from __future__ import annotations

from kpi_site.content.meanings.meaning import Meanings, means

_TEXT = {"zh": "客户服务部", "en": "Customer service"}
_LINE = {"no": "1", "indicator": "resolution_rate", "weight": 100}
_THRESHOLDS = {"baseline": 0.85, "target": 0.9, "challenge": 0.95}

SCORECARD: Meanings = {
    "scorecard": {
        "id": means(
            "与文件名相同，是页面的永久地址。",
            "The file's name, and the page's address for good.",
            "service",
        ),
        "title": means("标题。", "Title.", {"zh": "服务记分卡", "en": "Service scorecard"}),
        "about": means(
            "考核什么、怎样使用；可用 Markdown。",
            "What it assesses and how it is used; Markdown is allowed.",
            {"zh": "每半年考核一次。", "en": "Assessed every half year."},
        ),
        "assessed": means("被考核的部门或岗位。", "The department or post assessed.", _TEXT),
        "owner": means(
            "管理这张记分卡的部门（`id`）；不写则为站点的 `owner`。",
            "The department that keeps this scorecard (its `id`); the site's `owner` unless told.",
            "finance",
        ),
        "cycle": means("考核周期。", "The period assessed.", "half_year"),
        "scored": means(
            "是否计分；计分时各行权重之和须为 100。",
            "Whether it is scored; then the weights of its lines add up to 100.",
            True,
            default=False,
        ),
        "missing": means(
            "没有值的行怎样计入总分：不计（`exclude`），或按零分（`zero`）；页面总会写明。",
            "What a line without a value does to the total: it is left out (`exclude`) or earns"
            " nothing (`zero`); the page always says so.",
            "zero",
            default="exclude",
        ),
        "start": means(
            "没有权重、只有扣分和加分的记分卡从几分算起；有扣分而不写则为 100。",
            "The points that a scorecard of deductions and bonuses, without weights, starts from;"
            " 100 where there are deductions and it is not given.",
            100,
        ),
        "for_each": means(
            "给一个维度的每个成员各算一遍，排名次；每个成员各有一页。",
            "Compute it for every member of a dimension, with ranks, and a page for each.",
            {"dimension": "department"},
        ),
        "grades": means(
            "这张记分卡自己的等级，按总分或按名次；不写则用站点的。",
            "Grades of this scorecard, by totals or by rank; without them the site's.",
            [
                {"best": 0.2, "name": {"zh": "优秀", "en": "Outstanding"}},
                {"best": 1, "name": {"zh": "合格", "en": "Sound"}},
            ],
        ),
        "lines": means("各行或各组。", "Lines, or groups of lines.", [_LINE]),
    },
    "for_each": {
        "dimension": means(
            "维度；各行的指标都要有它，除非这一行写了 `shared: true`。",
            "The dimension; the card of every line has it, unless the line is `shared: true`.",
            "department",
        ),
    },
    "grade_of_scorecard": {
        "from": means("总分达到几分属于此级。", "The least total of this grade.", 90),
        "best": means(
            "名次在前多少比例之内属于此级（累计，向下取整），最后一档写 1。",
            "The share of the members, ranked first, up to which it is given (rounded down); the"
            " last is 1.",
            0.2,
        ),
        "name": means("等级名称。", "Name of the grade.", {"zh": "良好", "en": "Good"}),
        "consequence": means(
            "这一等级的后果，例如奖金系数。",
            "What follows from this grade, such as a bonus factor.",
            {"zh": "奖金系数 1.0", "en": "Bonus factor 1.0"},
        ),
    },
    "deduct": {
        "each": means("值每一个单位扣几分。", "Points off for each unit of the value.", 2),
        "at_most": means(
            "最多扣几分；不写则不封顶。", "The most taken off; without it no limit.", 10
        ),
    },
    "bonus": {
        "each": means(
            "值每一个单位加几分；不写则加这一行的得分（没有标准时加值本身）。",
            "Points more for each unit of the value; without it the line's points, or where"
            " nothing judges it, the value itself.",
            1,
        ),
        "at_most": means("最多加几分；不写则不封顶。", "The most added; without it no limit.", 5),
    },
    "veto": {
        "above": means("值高于它就否决。", "It strikes where the value is above this.", 0),
        "below": means("值低于它就否决。", "It strikes where the value is below this.", 0.9),
        "total": means(
            "否决时总分是几分；total、at_most、grade 都不写则为 0。",
            "The total when it strikes; 0 where neither this, at_most nor grade is given.",
            0,
        ),
        "at_most": means("否决时总分至多几分。", "The most that the total is when it strikes.", 60),
        "grade": means(
            "否决时的等级（名称）；本来更差的不变。",
            "The grade when it strikes, by name; a worse one stays.",
            "不合格",
        ),
    },
    "line": {
        "no": means("编号，按写的样子显示。", "Its number, shown as written.", "1.1"),
        "title": means(
            "标题；不写则用指标的名称。",
            "Title; without it the indicator's name.",
            {"zh": "解决得怎样", "en": "How well problems are solved"},
        ),
        "indicator": means("指标的 `id`。", "Id of the indicator.", "resolution_rate"),
        "from": means("从哪个期间起有这一行。", "The period from which the line holds.", "2026-10"),
        "until": means(
            "到哪个期间为止有这一行，含那个期间。",
            "The last period in which the line holds.",
            "2026-09",
        ),
        "of": means(
            "只看一个维度的一个成员（“维度: 成员”）；不写则看合计。",
            "One member of a dimension alone (`dimension: member`); without it the whole.",
            {"customers.tier": "key"},
        ),
        "weight": means("权重（分）。", "Weight, in points.", 40),
        "cycle": means(
            "这一行的周期；不写则用记分卡的。",
            "Period of this line; without it the scorecard's.",
            "year",
        ),
        "assessed": means(
            "这一行考核谁；不写则用记分卡的。",
            "Who is assessed here; without it as the scorecard says.",
            _TEXT,
        ),
        "source": means(
            "这一行的数据来源。",
            "What this line's data come from.",
            {"zh": "财务报表", "en": "Ledger"},
        ),
        "notes": means("说明。", "Remarks.", {"zh": "只计本部", "en": "Head office only"}),
        "thresholds": means(
            "这一行自己的阈值；不写则用卡片的。",
            "Thresholds of this line; without them the card's.",
            _THRESHOLDS,
        ),
        "points": means(
            "这一行得分的算式；不写则用卡片的。",
            "How values earn points on this line; without it as the card says.",
            "LEAST(120, 100 * value / target)",
        ),
        "steps": means(
            "这一行的分档得分；不写则用卡片的。",
            "Points by ranges on this line; without them the card's.",
            [{"from": 0.9, "points": 100}, {"from": 0, "points": 60}],
        ),
        "deduct": means(
            "扣分：从总分里扣值乘以 each，不写权重；写了权重则从这一行的权重里扣。",
            "Points off the total: the value times each, without a weight. With a weight they"
            " come off the line's own weight.",
            {"each": 2, "at_most": 10},
        ),
        "bonus": means(
            "加分：在总分上加，不写权重。",
            "Points added to the total, without a weight.",
            {"each": 1, "at_most": 5},
        ),
        "veto": means(
            "一票否决：值高于 above 或低于 below 时，总分或等级由它定。",
            "A veto: where the value is above or below a bound, it settles the total or grade.",
            {"above": 0, "total": 0},
        ),
        "take": means(
            "较长期间的得分，取这一行各周期得分的平均（`points_mean`）或最后一个"
            "（`points_last`），而不是较长期间的值的得分。",
            "The points of a longer period: the mean of those of the line's cycles"
            " (`points_mean`), or the last of them (`points_last`), not those of its own value.",
            "points_mean",
        ),
        "cap": means("这一行最多得几分。", "The most points of this line.", 110),
        "floor": means("这一行最少得几分。", "The fewest points of this line.", 0),
        "shared": means(
            "按成员计算的记分卡里，这一行大家共用，取合计。",
            "In a scorecard for each member: the line is the same for all, about the whole.",
            True,
            default=False,
        ),
    },
    "group": {
        "no": means("编号，按写的样子显示。", "Its number, shown as written.", "1"),
        "title": means("组的标题。", "Title of the group.", {"zh": "财务类", "en": "Finance"}),
        "notes": means("说明。", "Remarks.", {"zh": "每季回顾", "en": "Reviewed quarterly"}),
        "lines": means("组内各行，或更小的组。", "Its lines, or smaller groups.", [_LINE]),
    },
}

REPORT: Meanings = {
    "report": {
        "period": means(
            "报告的期间，与文件夹名相同。",
            "The period reported, which is the folder's name.",
            "2026-10",
        ),
        "scorecards": means("列出的记分卡（`id`）。", "Ids of the scorecards shown.", ["service"]),
        "highlights": means(
            "页首各块的指标（`id`）。", "Ids of the indicators on top.", ["revenue", "csat"]
        ),
        "summary": means(
            "给领导看的一段话；可用 Markdown。",
            "A paragraph for leadership; Markdown is allowed.",
            {"zh": "收入创新高。", "en": "Revenue reached a new high."},
        ),
        "comments": means(
            "按指标写的说明；计分行不到基准时必须写。",
            "Comments by indicator; needed where a scored line misses its baseline.",
            {"csat": {"zh": "批次故障所致。", "en": "Due to a faulty batch."}},
        ),
        "signoffs": means(
            "收集、核对、批准各方的签字，用 `kpi-site sign` 写入。",
            "Signatures of those who collected, verified and approved; `kpi-site sign` writes"
            " them.",
            [{"role": "verified", "by": {"zh": "财务部", "en": "Finance"}, "on": "2026-11-06"}],
        ),
        "revisions": means(
            "与已发布版本不同的指标：何时发现、为何不同；用 `kpi-site revisions --record` 写入。",
            "Indicators that differ from a published edition, since when and why;"
            " `kpi-site revisions --record` writes them.",
            [{"edition": 1, "indicator": "csat", "first_seen": "2026-11-20"}],
        ),
    },
    "revision": {
        "edition": means("哪一版。", "The edition that differs.", 1),
        "indicator": means("哪个指标（`id`）。", "Id of the indicator.", "csat"),
        "first_seen": means("最早发现的日期。", "Day on which it was first seen.", "2026-11-20"),
        "type": means(
            "数据更全、例行修订、方法改变，或更正错误。",
            "Better data, a routine revision, a change of method, or a correction.",
            "better-data",
        ),
        "reason": means("原因。", "Why.", {"zh": "补录了工单", "en": "Tickets entered late"}),
    },
    "signoff": {
        "role": means(
            "以什么身份签字：`collected`、`verified`、`approved`。",
            "What is signed for: `collected`, `verified` or `approved`.",
            "verified",
        ),
        "by": means("签字的部门或岗位。", "The department or post that signs.", _TEXT),
        "on": means("签字的日期。", "Day of the signature.", "2026-11-06"),
        "digest": means(
            "签字时所见数字的摘要；数字一变，签字即失效。",
            "Digest of the figures that were signed; when they change, the signature is stale.",
            "sha256:" + "0" * 64,
        ),
        "signer": means(
            "密钥所代表的人：职责@部门，见 content/signers。",
            "Whom the key stands for, role@department, as content/signers has it.",
            "verified@finance",
        ),
        "signature": means(
            "OpenSSH 的签名（Base64），由 `kpi-site sign --key` 写入。",
            "OpenSSH's signature in Base64; `kpi-site sign --key` writes it.",
            "U1NIU0lHAAAAAQ==",
        ),
    },
}

ACTION: Meanings = {
    "action": {
        "id": means("与文件名相同。", "The file's name.", "wechat_roster"),
        "title": means(
            "要做什么。", "What is to be done.", {"zh": "增设夜班", "en": "Add a shift"}
        ),
        "indicators": means(
            "要改善的指标（`id`）。", "Ids of the indicators to be improved.", ["first_response"]
        ),
        "owner": means("负责的部门或岗位，不写姓名。", "A department or post, not a name.", _TEXT),
        "start": means("开始的日期。", "Day on which it starts.", "2026-10-08"),
        "due": means("完成的期限。", "Day by which it is to be done.", "2026-12-31"),
        "status": means(
            "进行中、已完成，或已取消。", "Open, done or cancelled.", "done", default="open"
        ),
        "steps": means(
            "步骤。",
            "Its steps.",
            [{"what": {"zh": "排班", "en": "Write the roster"}, "due": "2026-10-20"}],
        ),
        "updates": means(
            "进展记录。",
            "Notes on its progress.",
            [{"on": "2026-10-21", "note": {"zh": "已排班", "en": "The roster is written"}}],
        ),
        "closed": means(
            "完成或取消的日期；不写则取最后一条进展或步骤的日期。",
            "Day on which it was done or cancelled; without it, that of the last note or step.",
            "2026-12-18",
        ),
    },
    "step": {
        "what": means("做什么。", "What is done.", {"zh": "排班", "en": "Write the roster"}),
        "due": means("期限。", "Day by which it is to be done.", "2026-10-20"),
        "done": means(
            "完成的日期；不写则未完成。", "Day it was done; without it, it is not.", "2026-10-19"
        ),
    },
    "update": {
        "on": means("记录的日期。", "Day of the note.", "2026-10-21"),
        "note": means("进展。", "How it stands.", {"zh": "已排班", "en": "The roster is written"}),
    },
}
