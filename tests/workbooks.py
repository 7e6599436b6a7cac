"""Workbooks as spreadsheets write them, as small as they may be: xlsx, xlsb, ods."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Final
from xml.sax.saxutils import escape

XLS: Final = zlib.decompress(
    base64.b85decode(
        "c-rk)O=wd=5dQWhX?|$Zq^3$Mlu)p0Efw*gm-=i_duph?_=8Xr`wpd=NYsNKv|4i!1VIoKFNJ#WQuX2wdeEB(p`r&t5E?yt5)?eN"
        "dCtsxuO<<p0WDPb3p+bIv$H#Sv$MPJy`D?VPe14=qYk^^L&XlGsY<4(guO-_q_=Hmy*fn2)>u^thbWLu0X&Vq3UUlN-enlL?|(rQ"
        "_(<glP9jstTd5U9T71YV_MxAs!fleo&@NuJ3Oy!tjnI42^O?}yBDpHGpZd<L!<aKOJv-f1e9-6;T?{<#Be8iel5J?iOJ2nnt|_N)"
        "00YJG?D18m==3*Z1{BaiD{mFK9mO5a&pmxZeTNA1NK&Y0@XbyEU%i}up3?G_l`D|^d#yb98+nLASTDbB_<>2-M<qo{Xu&!^Yl0X#"
        "lc&(1TEJGxX)Zn>J)R?dCVRr7DqSe%eNY3+g2l^!N7i6rgtvLw7UDJALR8YFndlhJ!+b)LCQhC$-2L)qC^u}5ieyrb0_VWkz#hWJ"
        "MYbU0m}q=Uv_~wq2)!hut{1*TXp&Ym)!oBwF0*e+`dk)mH_fwM@YdW|#cv|M^m+f|&eA7yGx4*7<#Wl|cjh#@=l~ldd;U$KSM{n}"
        "HyKY%uU78n@<C|(FB?tBh`YYq?y1;<MMQ*62z6TgbktJIaGw=ht2*oRMnq%@+)z$`CD#0O9GyWvUGW)WZOCY~a~opqcV}}V6W~MK"
        "XvITT(w6uW5ol;=XlQ6?XlVSmP;#AguHt-w47iv5p!;2CkxE5>Ci!PEf&%?c(`)5k<f$&=Y(wj3Edt6LOD)sJ`(DU6K(iMyft>g;"
        "(eV1Emo-)Wf0k_+|8ptS==_yN{QS%F{{WE>)MW"
    )
)
"""A sheet Runners as old spreadsheets keep it: Bib, Name, Born; 101, Łee, the first of May 1990; 7a, Bo, nothing."""

Cell = str | int | float | bool | date | datetime | time | None
Rows = Sequence[Sequence[Cell]]

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="21"/></cellXfs></styleSheet>'
)
_EPOCH: Final = datetime(1899, 12, 30)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


def xlsx(sheets: Mapping[str, Rows], *, at: int = 1, more: str = "") -> bytes:
    """`at`: the row in which the first one stands. `more`: rows as XML, behind the others."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_TYPES}"></Types>',
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
            + "".join(
                f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
                for number, name in enumerate(sheets, 1)
            )
            + "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *(("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)),
                ("styles", "styles.xml"),
            ]
        ),
        "xl/styles.xml": _STYLES,
    }
    for number, rows in enumerate(sheets.values(), 1):
        body = "".join(_xml_row(index, row) for index, row in enumerate(rows, at))
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{body}{more}</sheetData></worksheet>'
        )
    return zipped(parts)


def xlsb(sheets: Mapping[str, Rows]) -> bytes:
    """Texts and numbers only."""
    book = b"".join(
        _record(156, struct.pack("<II", 0, number) + _wide(f"rId{number}") + _wide(name))
        for number, name in enumerate(sheets, 1)
    )
    parts: dict[str, str | bytes] = {
        "xl/workbook.bin": _record(131) + _record(143) + book + _record(144) + _record(132),
        "xl/_rels/workbook.bin.rels": _relations(
            [("worksheet", f"worksheets/sheet{number}.bin") for number in range(1, len(sheets) + 1)]
        ),
    }
    for number, rows in enumerate(sheets.values(), 1):
        width = max(map(len, rows), default=1)
        size = struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)
        body = b"".join(_binary_row(index, row) for index, row in enumerate(rows))
        parts[f"xl/worksheets/sheet{number}.bin"] = (
            _record(129) + _record(148, size) + _record(145) + body + _record(146) + _record(130)
        )
    return zipped(parts)


def ods(sheets: Mapping[str, Rows]) -> bytes:
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    content = (
        f'{_XML}<office:document-content {names} office:version="1.2"><office:body><office:spreadsheet>'
        f"{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'{_XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def _relations(found: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_REL}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(found, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}">{rows}</Relationships>'


def _xml_row(number: int, row: Sequence[Cell]) -> str:
    cells = "".join(
        _xml_cell(f"{_letters(index)}{number}", cell) for index, cell in enumerate(row) if cell is not None
    )
    return f'<row r="{number}">{cells}</row>'


def _xml_cell(place: str, cell: Cell) -> str:
    match cell:
        case bool():
            return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{cell!r}</v></c>'
        case time():
            seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
            return f'<c r="{place}" s="2"><v>{seconds / 86400!r}</v></c>'
        case date():
            moment = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
            days = (moment - _EPOCH).total_seconds() / 86400
            return f'<c r="{place}" s="1"><v>{days!r}</v></c>'
        case _:
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


def _letters(index: int) -> str:
    """A column's name."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _ods_cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case bool():
            return (
                f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
            )
        case int() | float():
            return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
        case date():
            return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
        case _:
            text = escape(str(cell))
            return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def _binary_row(number: int, row: Sequence[Cell]) -> bytes:
    cells = b"".join(_binary_cell(index, cell) for index, cell in enumerate(row) if cell is not None)
    return _record(0, struct.pack("<I", number) + bytes(13)) + cells


def _binary_cell(index: int, cell: Cell) -> bytes:
    place = struct.pack("<II", index, 0)
    if isinstance(cell, int | float):
        return _record(5, place + struct.pack("<d", cell))
    return _record(6, place + _wide(str(cell)))


def _record(kind: int, data: bytes = b"") -> bytes:
    return _varied(kind) + _varied(len(data)) + data


def _varied(number: int) -> bytes:
    found = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        found.append(low | (0x80 if number else 0))
        if not number:
            return bytes(found)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
