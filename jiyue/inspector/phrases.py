"""What the commands of the inspector say, in both languages; Django's catalogues are not loaded here."""

from typing import Final


Phrases = dict[str, str]

PHRASES: Final[dict[str, Phrases]] = {
    "zh": {
        "command": "检查一篇文字：错别字、保护词、日期、发文字号、个人信息、涉密标志。退出码：0 没有发现，1 有发现，2 无法检查。",
        "file": "文本文件（UTF-8、GB18030 等自动识别），- 为标准输入",
        "json": "输出 JSON；位置和长度以字符计",
        "pack": "另加的规则包：TOML，或单个 CSV 表；可重复",
        "only": "只查这些类别，连同其中的提示；可重复，可用逗号分隔",
        "without": "不查这些类别；可重复，可用逗号分隔",
        "hints": "连同提示（异形词、标点、数字写法等）",
        "lang": "zh 中文，en 英文；默认按环境变量 LANG",
        "no text": "{name}: 不是文本，或无法识别字符编码",
        "no category": "没有这个类别：{names}。现有类别：\n{listed}",
        "stdin": "标准输入",
        "nothing": "没有发现问题（{packs}）",
        "sum": "共 {count} 处：{parts}（{packs}）",
        "S1": "S1 严重",
        "S2": "S2 较重",
        "S3": "S3 差错",
        "S4": "S4 规范",
        "probable": "疑似",
        "instead": "建议：",
    },
    "en": {
        "command": "Checks a text: misspellings, protected terms, dates, document numbers, personal data, classification "
        "marks. Exit status: 0 nothing found, 1 something found, 2 it could not be checked.",
        "file": "a text file (UTF-8, GB18030 and others are recognised); - is standard input",
        "json": "JSON; offsets and lengths count characters",
        "pack": "one more rule pack, TOML or a single CSV table; may be repeated",
        "only": "only these categories, with their hints; may be repeated or separated by commas",
        "without": "not these categories; may be repeated or separated by commas",
        "hints": "with hints (spelling variants, punctuation, ways to write numbers)",
        "lang": "zh or en; by default what LANG says",
        "no text": "{name}: no text, or in no charset that is recognised",
        "no category": "no such category: {names}. There are:\n{listed}",
        "stdin": "standard input",
        "nothing": "Nothing found ({packs})",
        "sum": "{count} found: {parts} ({packs})",
        "S1": "S1 severe",
        "S2": "S2 serious",
        "S3": "S3 error",
        "S4": "S4 style",
        "probable": "probably",
        "instead": "Better: ",
    },
}
