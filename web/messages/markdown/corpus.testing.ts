/** Texts as models write them, with all of Markdown that answers may have. */
export const corpus: readonly (readonly [name: string, markdown: string])[] = [
  ['a sentence', 'The answer is 42.'],
  ['paragraphs', 'One line\nand the next.\n\nA second paragraph  \nwith a hard break and\\\nanother one.'],
  [
    'emphasis',
    'This is *one*, **two**, ***three***, _four_, __five__, ~~six~~ and a*b*c, snake_case_name, 2 * 3 * 4.',
  ],
  [
    'nested emphasis',
    '**Bold with `code`, *italics* and [a link](https://example.com/a_b)** then ~~struck **bold**~~.',
  ],
  [
    'headings',
    '# One\n\n## Two\n\n### Three\n\n#### Four\n\n##### Five\n\n###### Six\n\nSeven\n=====\n\nEight\n---\n\nText',
  ],
  [
    'lists',
    '- one\n- two\n  - nested\n  - again\n    1. deep\n    2. deeper\n- three\n\n1. first\n2. second\n\n7. seventh\n8. eighth',
  ],
  [
    'loose lists',
    '- one\n\n- two\n\n  more of two\n\n- three\n\n1. a\n\n   ```js\n   let b = 1;\n   ```\n\n2. c',
  ],
  ['tasks', 'To do:\n\n- [x] done\n- [ ] open\n  - [x] nested\n- plain\n\n* [ ] loose\n\n* [x] loose too'],
  [
    'a table',
    '| Name | Size | Price |\n|:-----|:----:|------:|\n| a | 1 | $2 |\n| **b** | `x \\| y` | [c](https://example.com) |\n| short |\n\nAfter it.',
  ],
  ['a table without edges', 'a | b\n--|--\n1 | 2\n3 | <br>4'],
  [
    'quotes',
    '> A quote\n> of two lines\n>\n> - with a list\n>\n> > and a quote\n\nText\n\n> # Heading\n> ```\n> code\n> ```',
  ],
  ['rules', 'Above\n\n---\n\nBetween\n\n***\n\nBelow'],
  [
    'links',
    '[a](https://example.com/x "A title"), <https://example.com/y>, [mail](mailto:a@example.com), [call](tel:+4912345), [path](/docs/x?y#z), [here](./a), [up](../b), [chat](irc://example.com/x).',
  ],
  [
    'references',
    'See [one][1], [two] and [three][].\n\n[1]: https://example.com/1 "First"\n[two]: <https://example.com/2>\n[three]: https://example.com/3\n\nAfter them, [one][1] again.',
  ],
  [
    'literal addresses',
    'At www.example.com, https://example.com/a?b=c&d=(e) and (http://example.org). Write to someone@example.com.',
  ],
  [
    'normalized addresses',
    '[a](https://EXAMPLE.com) [b](https://example.com/a b) [c](<https://example.com/a b>) [d](https://example.com/ä?ö#ü) [e](https://user@example.com:8080/x/../y)',
  ],
  [
    'pictures',
    '![a chart](https://example.com/x.png "Title")\n\nIn text ![](https://example.com/y.png) and [![a badge](https://example.com/z.svg)](https://example.com).',
  ],
  ['inline code', 'Run `npm i`, `` a ` b `` or ` spaced `, not `**bold**`.'],
  [
    'code',
    'So:\n\n```ts\nconst a: number = 1;\n\n\nexport default a; // <b>\n```\n\nThen `x`.\n\n~~~\nplain\n~~~\n\n    indented\n      code\n\nEnd',
  ],
  [
    'code with marks',
    '````markdown\n```js\nlet a = "**b**";\n```\n$$x$$ [1]\n````\n\n```python title="a.py"\n# not a heading\nprint("\\\\(x\\\\)")\n```',
  ],
  ['code in an item', '1. First:\n   ```bash\n   ls -la\n   ```\n2. Second:\n\n       indented\n\n3. Third'],
  [
    'formulas',
    'Let $x^2$ and \\(y_1\\) be.\n\n$$\na \\\\[2pt] b\n\nc\n$$\n\n\\[\nx = 1\n- y\n\\]\n\nIt costs $5 and $HOME/$USER.\n\n- in $z$\n\n| $a$ |\n|---|\n| \\(b\\) |\n\n```math\ne = mc^2\n```',
  ],
  ['brackets', 'See \\[1\\], \\[sic\\], \\* and \\_ and \\\\ and [x] and [ ] and [^none] and \\[open'],
  [
    'HTML',
    '<b>bold</b> and <br> and <i>x</i><br/>\n\n<div align="center">\n\n**in** a div\n\n</div>\n\n<details><summary>More</summary>\n\nHidden\n\n</details>\n\n<!-- a comment -->\n\nText <span style="color:red">red</span> &amp; &lt;x&gt; &copy; &nbsp;end',
  ],
  [
    'plain tags',
    'H<sub>2</sub>O, x<SUP>2</SUP>, <kbd>Ctrl</kbd>+<kbd>C</kbd>, <mark>*marked* <u>twice</u></mark>, <b>open, </i>closed, <b class="x">with</b> and <script>x</script>.\n\n| <sub>a</sub> |\n|---|\n| **<i>b</i>** |\n\n- <sub>one</sub>',
  ],
  [
    'footnotes',
    'One[^1], two[^b] and one again[^1].\n\n[^1]: The *first* note.\n[^b]: The second,\n\n    with two paragraphs.\n\nText after.',
  ],
  ['unfinished footnotes', 'One[^1] and two[^2].\n\n[^1]:\n\n[^2]: Second'],
  ['footnotes in other letters', 'Eins[^größe].\n\n[^größe]: Anmerkung'],
  [
    'directions',
    'مرحبا بك في Ziggie\n\nHello مرحبا بك جميعا\n\n- واحد\n- اثنان\n\n> اقتباس **مهم**\n\n| اسم | قيمة |\n|---|---|\n| أ | 1 |\n\n# عنوان\n\nשלום\n\n123\n\n`كود` text',
  ],
  [
    'other scripts',
    '你好，**世界**。這是「*強調*」。\n\nПривет, **мир**!\n\n日本語の`コード`と~~取り消し~~。\n\n👩‍👩‍👧 *😀*',
  ],
  [
    'citations',
    'One [1], two [2][3] and [1, 3]. Not [4], `[1]`, [[1]](https://example.com) or [^1].\n\n- **both [1, 2]**\n\n| a |\n|---|\n| b [3] |',
  ],
  ['windows lines', 'One\r\n\r\n- a\r\n- b\r\n\r\n```js\r\nlet a;\r\nlet b;\r\n```\r\n'],
  ['tabs', '-\ta\n-\tb\n\n\tcode\n\n1.\tx\n\ty\n\nText\twith\ttabs'],
  ['odd marks', '** a **\n\n*a\n\n`b\n\n[c](\n\n![d](\n\n~~e\n\n***\n\n__\n\n- \n\n#\n\n> \n\n|\n\n```'],
  ['a comparison', '- > 25 items\n- < 5\n- 3 ~ 4 and 20~25\n- a > b'],
  [
    'an answer',
    '# Sorting\n\nThere are **two** ways:\n\n1. **Quick sort** — fast, `O(n log n)`:\n   ```py\n   def sort(a):\n       return a\n   ```\n2. *Bubble sort* — slow.\n\n| | best | worst |\n|---|---|---|\n| quick | $n \\log n$ | $n^2$ |\n\n> Note: see [the docs](https://example.com/docs).\n\n---\n\nDone ✅',
  ],
];

/** Texts that try to run code, to reach other servers, or to look like parts of the page. */
export const hostile: readonly string[] = [
  '[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](java\nscript:alert(1)) [d](&#106;avascript:alert(1)) [e](\tjavascript:alert(1)) [f](javascript&colon;alert(1))',
  '[a](data:text/html,<script>alert(1)</script>) [b](vbscript:x) [c](file:///etc/passwd) [d](blob:https://example.com/x) [e](about:blank) [f](view-source:x) [g](ziggie:x)',
  '[a](//evil.example/x) [b](/\\evil.example) [c](/.//evil.example) [d](\\\\evil.example) [e](///evil.example) [f](./..//evil.example) [g](evil.example) [h](?x) [i]()',
  '<javascript:alert(1)> <data:text/html,x> <https://example.com/?"onclick="alert(1)> [x]: javascript:alert(1)\n\n[x]: javascript:alert(1)\n\n[x]',
  '![a](javascript:alert(1)) ![b](data:image/svg+xml;base64,PHN2Zz4=) ![c](//tracker.example/x.png) ![d](x.png) ![e](#x) ![f](blob:x) ![](data:image/png;base64,x)',
  '<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)><iframe srcdoc="<script>alert(1)</script>"></iframe><style>*{display:none}</style><form action=/x><input></form>',
  '<a href="javascript:alert(1)" onclick="alert(1)">x</a>\n\n<button value="1">[1]</button>\n\n<math href="javascript:x">y</math>\n\n<base href="https://evil.example/">',
  '```"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```\n\n```language-math\nx\n```\n\n```__proto__\nx\n```\n\n```constructor\nx\n```',
  '[^__proto__] [^constructor] [__proto__] [constructor]\n\n[^__proto__]: a\n[^constructor]: b\n\n[__proto__]: https://example.com/a\n[constructor]: https://example.com/b',
  '[a](#"onmouseover=alert(1)) [b](#x) [c](#user-content-fn-1) [d](#a b) [e](streamdown:incomplete-link) ![f](streamdown:incomplete-image) [g](streamdown:x)',
  '[a](https://example.com/x "\\" onmouseover=alert(1) x=\\"") ![b" onerror="alert(1)](https://example.com/x)',
  '$$\\href{javascript:alert(1)}{x}$$ $\\url{javascript:alert(1)}$ \\(\\htmlData{onclick=alert(1)}{x}\\) $$\\includegraphics{https://evil.example/x.png}$$',
  '\u0000\u0001\ufffe a \u202e b \u200b c [x](https://example.com/\u202ex)',
];
