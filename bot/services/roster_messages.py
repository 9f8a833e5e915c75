"""What is said of a roster that cannot be taken, in Chinese and English."""

REFUSALS = {
    "missing": (
        "找不到这个文件，请检查文件名再试。",
        "The file is not there; check its name and try again.",
    ),
    "too_big": (
        "文件超过 %(limit)d MB，请删去图片和多余的工作表后再发。",
        "The file is over %(limit)d MB; remove pictures and spare sheets and send it again.",
    ),
    "old_xls": (
        "旧格式的 .xls 文件读不出来，请用 WPS 或 Excel 打开后“另存为”.xlsx 再发。",
        "This old .xls file cannot be read; open it and save it as .xlsx.",
    ),
    "password": (
        "文件加了密码，请打开后取消密码，保存后再发。",
        "The file has a password; open it, remove the password, save and send it again.",
    ),
    "bomb": (
        "文件解压后大得不正常，为安全起见没有打开；请新建一个表格，把名单粘贴过去再发。",
        "The file unpacks to an abnormal size and was not opened; paste the list into a new one.",
    ),
    "broken": (
        "文件打不开，不是完好的 .xlsx；请用 WPS 或 Excel 打开后“另存为”.xlsx 再发。",
        "The file is not a sound .xlsx; open it in WPS or Excel and save it as .xlsx again.",
    ),
    "macro": (
        "文件里带有宏（程序），为安全起见没有打开；请另存为不带宏的 .xlsx 再发。",
        "The file holds macros and was not opened; save it as .xlsx without macros.",
    ),
    "links": (
        "文件链接到别的表格，内容不在这里；请断开链接（粘贴为数值），另存后再发。",
        "The file links to other workbooks; break the links (paste values) and save it again.",
    ),
    "html": (
        "这是网页，不是表格（改名不算转换）；请用 WPS 或 Excel 打开后“另存为”.xlsx 再发。",
        "This is a web page, whatever its name says; open it and save it as .xlsx.",
    ),
    "too_many_rows": (
        "名单太长：一个文件最多 %(limit)d 人（带格式的空白行也请删去），请分成几个文件再发。",
        "The list is too long: split it to %(limit)d people a file, without blank formatted rows.",
    ),
    "missing_head": (
        "%(where)s没有找到表头%(heads)s，请在表头行补上后再发。",
        "%(where_en)s has no head %(heads)s; add it to the header row and send the file again.",
    ),
    "doubled_head": (
        "工作表“%(sheet)s”的 %(first)s 列和 %(second)s 列都是“%(head)s”，请只留一列后再发。",
        "Columns %(first)s and %(second)s of sheet “%(sheet)s” are both “%(head)s”; keep one only.",
    ),
    "empty": (
        "表头下面没有人员，请填好名单再发。",
        "There is nobody under the header; fill in the list and send it again.",
    ),
}

ERRORS = {
    "missing_name": ("没有填姓名，请补上", "the name is missing; fill it in"),
    "missing_id": ("没有填身份证号，请补上", "the ID number is missing; fill it in"),
    "name": (
        "姓名里有数字、符号或认不出的字，请改正",
        "the name holds digits, signs or unreadable characters; correct it",
    ),
    "formula": (
        "是公式，请改成直接填写的文字",
        "it is a formula; type the text itself",
    ),
    "cell_error": (
        "表格程序在这里显示错误值，请重新填写",
        "the office program shows an error value here; fill it in again",
    ),
    "control": (
        "含有看不见的控制字符，请重新手工输入",
        "it holds invisible control characters; type it again",
    ),
    "too_long": (
        "文字太长（最多 %(limit)d 个字），请缩短",
        "the text is too long (at most %(limit)d characters); shorten it",
    ),
    "merged": (
        "是合并单元格（%(range)s），请取消合并，每人一行分别填写",
        "the cells %(range)s are merged; unmerge them and fill in each row",
    ),
    "excel_number": (
        "身份证号被表格程序变成了数字，后几位已丢失；请把整列设为“文本”后照证件重新输入",
        "it became a number and its last digits are lost; make the column text and type it again",
    ),
    "old_id": (
        "是 15 位旧身份证号（%(id)s），请改填 18 位号码",
        "it is an old ID number of 15 digits (%(id)s); give the one of 18",
    ),
    "temporary_id": (
        "是 999 开头的临时号（%(id)s），不是身份证号，请办好证件后再填",
        "it is a temporary number (%(id)s), not an ID number; give the one on the card",
    ),
    "id_length": (
        "身份证号应为 18 位，这里是 %(count)d 位，请对照证件改正",
        "an ID number has 18 characters, this has %(count)d; correct it from the card",
    ),
    "id_shape": (
        "身份证号只能是 17 位数字加一位数字或 X，请对照证件改正",
        "an ID number is 17 digits and a digit or X; correct it from the card",
    ),
    "id_date": (
        "身份证号里的出生日期不存在（%(id)s），请对照证件改正",
        "the birth date in the ID number does not exist (%(id)s); correct it from the card",
    ),
    "id_check": (
        "身份证号校验码不对（%(id)s），请对照证件改正",
        "the check digit of the ID number is wrong (%(id)s); correct it from the card",
    ),
    "sex": ("性别只能填“男”或“女”，请改正", "the sex is 男 or 女; correct it"),
    "sex_mismatch": (
        "性别与身份证号（%(id)s）不一致，请对照证件改正",
        "the sex does not agree with the ID number (%(id)s); correct one of them",
    ),
    "birth_date": (
        "出生日期看不懂，请写成 1980-01-31 的样子",
        "the birth date is unclear; write it like 1980-01-31",
    ),
    "age": (
        "到 %(on)s 年龄 %(age)d 岁，不在 %(youngest)d–%(oldest)d 岁之内，请核对或从名单中删去",
        "the age on %(on)s is %(age)d, outside %(youngest)d–%(oldest)d; correct it or drop the row",
    ),
    "phone": (
        "电话号码不对，应为 11 位手机号或带区号的座机，请改正",
        "the phone is neither a mobile number of 11 digits nor an area code and number; correct it",
    ),
    "ethnicity": (
        "民族“%(text)s”不在代码表里，请改成“苗族”这样的写法",
        "“%(text)s” is no ethnicity of the code table; write it like 苗族",
    ),
    "schooling": (
        "学历“%(text)s”不在代码表里，请改成“未上过学”“小学”“初中”这样的写法",
        "“%(text)s” is no schooling of the code table; write it like 小学",
    ),
    "politics": (
        "政治面貌“%(text)s”不在代码表里，请改成“群众”“中共党员”这样的写法",
        "“%(text)s” is no political status of the code table; write it like 群众",
    ),
    "household": (
        "户籍性质“%(text)s”不在代码表里，请改成“农业”“非农业”或“居民”",
        "“%(text)s” is no household type of the code table; write it like 农业",
    ),
    "missing_birth": (
        "没有身份证号，也没有出生日期，认不出是哪一位，请补上一样",
        "there is neither an ID number nor a birth date; fill in one of them",
    ),
    "duplicate": (
        "与%(other)s是同一个身份证号（%(id)s），请只留一行",
        "it is the ID number of %(other_en)s again (%(id)s); keep one row",
    ),
    "doubled_head": (
        "表头“%(head)s”重复（%(first)s 列和 %(second)s 列），请只留一列",
        "the head “%(head)s” stands in columns %(first)s and %(second)s; keep one",
    ),
}


def refusal(code: str, **values: object) -> tuple[str, str]:
    """Say in Chinese and in English why a whole file is refused."""
    chinese, english = REFUSALS[code]
    return chinese % values, english % values


def complaint(code: str, *, sheet: str, row: int, column: str, **values: object) -> tuple[str, str]:
    """Say in Chinese and in English what is wrong with one cell."""
    chinese, english = ERRORS[code]
    return (
        f"工作表“{sheet}”{column}{row}：{chinese % values}。",
        f"Sheet “{sheet}”, cell {column}{row}: {english % values}.",
    )


def masked(number: str) -> str:
    """Hide the middle of an ID number."""
    edge = 6 if len(number) > 12 else 2  # noqa: PLR2004 - shorter ones would show whole
    tail = 4 if len(number) > 12 else 0  # noqa: PLR2004
    hidden = "*" * max(len(number) - edge - tail, 1)
    return number[:edge] + hidden + (number[-tail:] if tail else "")
