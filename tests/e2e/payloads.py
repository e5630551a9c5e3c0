"""What do people write who want a page to run it? And what is rightly laid out?"""

from __future__ import annotations

_MARKUP = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//example.invalid/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    '<img src="x" onerror="alert(1)">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<math><mtext></p><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    "<math href=javascript:alert(1)>x</math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<style>@import '//example.invalid/x.css';</style>",
    "<link rel=stylesheet href=//example.invalid/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//example.invalid/>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<a href=javascript:alert(1)>x</a>",
    "<template><img src=x onerror=alert(1)></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</textarea><img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<scr\u0000ipt>alert(1)</scr\u0000ipt>".replace("\u0000", ""),
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
)
_MARKDOWN = (
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\tjavascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](blob:http://localhost/1)",
    '[x](https://example.invalid "onmouseover=alert(1)")',
    "[x](https://example.invalid/'onmouseover='alert(1))",
    '[x](https://example.invalid/"onmouseover="alert(1))',
    "![x](https://example.invalid/x.png)",
    '![x](x"onerror="alert(1))',
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    '<https://example.invalid/"onmouseover=alert(1)>',
    "[x]: javascript:alert(1)\n\n[x]",
    "**<img src=x onerror=alert(1)>**",
    "`<img src=x onerror=alert(1)>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"onmouseover=alert(1)\nx\n```',
    "> <img src=x onerror=alert(1)>",
    "- <svg onload=alert(1)>",
    "1. [x](javascript:alert(1))",
    "_<iframe src=javascript:alert(1)>_",
    "~~<script>alert(1)</script>~~",
    "**a** https://example.invalid/<script>alert(1)</script>",
    "**a** javascript:alert(1)",
    "[<img src=x onerror=alert(1)>](https://example.invalid)",
    "[a](https://example.invalid)<svg/onload=alert(1)>",
    ">" * 400 + " deep",
    "*" * 600,
    "[" * 300 + "](x)" * 300,
)
_ELEMENTS = (
    *("img src=x", "svg", "body", "video src=x", "audio src=x", "iframe", "input autofocus"),
    *("details open", "marquee", "textarea autofocus", "button", "div tabindex=0", "p", "object"),
)
_HANDLERS = ("onerror", "onload", "onfocus", "onpointerenter", "onanimationstart", "ontoggle")
_SCHEMES = (
    *(
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "javascript:%61lert(1)",
        "jav\tascript:alert(1)",
    ),
    *("\x01javascript:alert(1)", "javascript&#x3A;alert(1)", "vbscript:alert(1)"),
    *("data:text/html,<script>alert(1)</script>", "data:image/svg+xml,<svg onload=alert(1)>"),
    *("feed:javascript:alert(1)", "view-source:javascript:alert(1)", "//\u2028javascript:alert(1)"),
)
_LINKS = ("[x]({})", "<{}>", "[x]: {}\n\n[x] **b**", "![x]({})", "https://a.invalid/?q={} **b**")
IN_TEXTS = (
    *_MARKUP,
    *_MARKDOWN,
    *(f"<{element} {handler}=alert(1)>" for element in _ELEMENTS for handler in _HANDLERS),
    *(link.format(scheme) for link in _LINKS for scheme in _SCHEMES),
)
IN_NAMES = tuple(
    text[:64] for text in (*_MARKUP[:12], *_MARKDOWN[:6], "\u202e<img src=x onerror=alert(1)>")
)


# (what is typed, where it lands, what is read there)
MARKDOWN = (
    ("**bold** words", "strong", "bold"),
    ("**你好，**世界", "strong", "你好，"),
    ("`<b>`", "code", "<b>"),
    ("```\nlet a = 1;\n```", "pre code", "let a = 1;"),
    ("> said before", "blockquote p", "said before"),
    ("- one\n- two", "ul li", "one"),
    ("[words](https://example.com/a)", "a[href='https://example.com/a']", "words"),
    (
        "**看**https://example.com/a，很好",
        "a[href='https://example.com/a']",
        "https://example.com/a",
    ),
)
