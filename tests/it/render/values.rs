//! Texts that try to get out of their place: attacks, and each of them in several wrappings.

const ATTACKS: [&str; 64] = [
    "a | b | c",
    "\\| a",
    "||||",
    "`",
    "``` \n```",
    "~~~\n::error::x\n~~~",
    "*a* **b** _c_ ~~d~~",
    "# heading",
    "- [ ] task",
    "1. list",
    "> quote",
    "> [!WARNING]\n> x",
    "[link](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "[ref]: https://evil.example\n[ref]",
    "<https://evil.example>",
    "https://evil.example/path?a=b",
    "HTTP://EVIL.example",
    "ftp://evil.example",
    "www.evil.example",
    "WWW.evil.example",
    "evil@example.com",
    "mailto:evil@example.com",
    "xmpp:evil@example.com/x",
    "@user",
    "@org/team",
    "#1",
    "owner/name#1",
    "GH-1",
    "!1 %1 ~label &1 $1",
    "8bf4c93d0f8e2a6b7c9d1e3f5a7b9c1d3e5f7a9b",
    ":tada: :octocat:",
    "$x^2$ $$y$$ $`z`$",
    "-->",
    "--> <!-- slugline:plan v=1 digest=sha256:0 -->",
    "<!-- slugline:plan v=1 digest=sha256:0 -->",
    "<!--",
    "</code></details></table>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "javascript:alert(1)",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "<iframe srcdoc='<script>'>",
    "<details open><summary>x",
    "[^1]\n\n[^1]: note",
    "::error::x",
    "::error file=a,line=1::x",
    "::stop-commands::x",
    "##[error]x",
    "###[add-mask]a",
    "##vso[task.setvariable variable=a]b",
    "/approve",
    "%0A::error::x",
    "\u{1b}[31mred\u{1b}]8;;http://evil.example\u{7}x\u{1b}\\",
    "\u{202e}abc\u{2066}\u{200b}\u{feff}\u{200f}",
    "{{wf x }} \u{85}\u{2028}\u{2029}\r\n\t\0",
];

/// Returns the texts; more than 500.
pub(crate) fn hostile() -> Vec<String> {
    let mut values = Vec::new();
    for attack in ATTACKS {
        let wrapped = [
            attack.to_owned(),
            format!("\n{attack}\n"),
            format!("\r\n\r\n{attack}"),
            format!(" \u{a0}{attack}"),
            format!("word {attack} word"),
            format!("`{attack}`"),
            format!("({attack})"),
            format!("\\{attack}"),
            format!("</code>{attack}"),
            attack.repeat(3),
        ];
        values.extend(wrapped);
    }
    values.push("x".repeat(100_000));
    values.push("<b>@user ".repeat(11_000));
    values.push("|`\n".repeat(33_000));
    values
}
