"""What import-linter cannot see of the house rules: read from the model graph and the syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field

PROJECT = Path(__file__).resolve().parents[2]
APPS = ("crm", "contacts", "sales", "service", "analytics", "marketing")
FLOORS = {"crm": 0, "contacts": 1, "sales": 2, "service": 2, "analytics": 3, "marketing": 4}
# what others may import of a lower app; its modules of pure arithmetic besides
OPEN_ROOMS = {"models", "choices", "selectors", "services", "permissions"}
CLOSED_ROOMS = {
    "urls",
    "views",
    "api",
    "tasks",
    "admin",
    "panels",
    "cards",
    "forms",
    "filters",
    "lists",
    "record",
}
# SQL by hand has a reason there: statistics over all orders, COPY, the search index, keyset pages, migrations,
# and what every page or every write asks
RAW_SQL_ALLOWED = (
    "analytics/",
    "crm/access/preview.py",
    "crm/columnar/",
    "crm/api/idempotency.py",
    "crm/one_at_a_time.py",
    "crm/embedded/",
    "crm/backup/",
    "crm/demo/reset.py",
    "crm/health/",
    "crm/jobs/",
    "crm/search/",
    "crm/imports/",
    "crm/bookmarks/frame.py",
    "crm/notifications/services/following.py",
    "contacts/demo/",
    "sales/demo/",
    "crm/lists/",
    "crm/rules/estimate.py",
    "sales/numbers.py",
    "sales/order_import/",
    "sales/recommending/reading.py",
    "sales/services/snapshot.py",
    "sales/winning/reading.py",
)
MARK_SAFE_ALLOWED = ("crm/templatetags/", "crm/lists/cells.py")


def sources() -> list[Path]:
    return [path for app in APPS for path in sorted((PROJECT / app).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def trees() -> Iterator[tuple[str, ast.AST]]:
    for path in sources():
        yield name_of(path), ast.parse(path.read_text(), filename=str(path))


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call in the program: its file, its node, the last word of what is called."""
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                function = node.func
                word = getattr(function, "attr", None) or getattr(function, "id", "")
                yield file, node, word


def where(file: str, node: ast.AST) -> str:
    return f"{file}:{getattr(node, 'lineno', 0)}"


def floor_of(module: str) -> int | None:
    return FLOORS.get(module.split(".")[0])


def test_no_model_points_to_a_higher_floor_or_a_sibling() -> None:
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        own = floor_of(model.__module__)
        for field in model._meta.get_fields():
            if own is None or not isinstance(field, Field) or not field.remote_field:
                continue
            target = field.remote_field.model
            other = floor_of(target.__module__)
            same_app = target.__module__.split(".")[0] == model.__module__.split(".")[0]
            if other is not None and not same_app and other >= own:
                wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert wrong == []


def test_lower_apps_are_entered_by_their_open_rooms_only() -> None:
    wrong = []
    for file, tree in trees():
        app = file.split("/")[0]
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            target, _, rest = node.module.partition(".")
            if target in FLOORS and target not in {app, "crm"}:
                rooms = {rest.split(".")[0]} if rest else {alias.name for alias in node.names}
                if rooms & CLOSED_ROOMS:
                    wrong.append(f"{where(file, node)} imports {node.module}")
    assert wrong == []


def test_the_kernel_names_no_app_in_its_imports() -> None:
    wrong = []
    for file, tree in trees():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if file.startswith("crm/") and any((floor_of(name) or 0) > 0 for name in names):
                wrong.append(where(file, node))
    assert wrong == []


def test_no_lower_template_names_an_upper_address() -> None:
    wrong = []
    for path in sorted((PROJECT / "templates").rglob("*.html")):
        own = FLOORS.get(path.relative_to(PROJECT / "templates").parts[0], 0)
        text = path.read_text()
        wrong += [
            f"{name_of(path)}: {app}" for app, floor in FLOORS.items() if floor > own and f"'{app}:" in text
        ]
        wrong += [
            f"{name_of(path)}: {app}" for app, floor in FLOORS.items() if floor > own and f'"{app}:' in text
        ]
    assert wrong == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "common", "misc", "util", "helper"}
    assert [name_of(path) for path in sources() if drawers & {path.stem, *path.parent.parts[-1:]}] == []


@pytest.mark.parametrize("word", ["print", "csrf_exempt", "breakpoint", "eval", "exec"])
def test_nothing_calls(word: str) -> None:
    assert [where(file, node) for file, node, called in calls() if called == word and _is_bare(node)] == []


def _is_bare(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name)


def test_nothing_is_exempt_from_csrf() -> None:
    words = [(where(file, node), node) for file, tree in trees() for node in ast.walk(tree)]
    names = [
        (place, alias.name)
        for place, node in words
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert [place for place, name in names if name == "csrf_exempt"] == []


def test_text_is_marked_safe_in_template_tags_only() -> None:
    found = [where(file, node) for file, node, word in calls() if word in {"mark_safe", "SafeString"}]
    assert [place for place in found if not place.startswith(MARK_SAFE_ALLOWED)] == []


def test_sql_by_hand_stands_where_it_was_agreed() -> None:
    found = []
    for file, node, word in calls():
        if (
            word in {"RawSQL", "raw", "extra", "execute", "executemany", "copy"}
            and "/migrations/" not in file
        ):
            if word == "copy" and not node.args:
                continue  # a copy of a dict or a set
            found.append(where(file, node))
    assert [place for place in found if not place.startswith(RAW_SQL_ALLOWED)] == []


def test_no_sql_is_built_from_text() -> None:
    wrong = []
    for file, node, word in calls():
        if word in {"execute", "executemany", "raw", "RawSQL"} and node.args:
            sql = node.args[0]
            parts = sql.values if isinstance(sql, ast.JoinedStr) else []
            formatted = any(isinstance(part, ast.FormattedValue) for part in parts)
            percent = isinstance(sql, ast.BinOp) and isinstance(sql.op, ast.Mod)
            if (formatted or percent) and not file.startswith(("analytics/", "crm/columnar/")):
                wrong.append(where(file, node))
    assert wrong == []


def test_no_form_takes_all_fields() -> None:
    nodes = [
        (file, node) for file, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Assign)
    ]
    values = [(where(file, node), node.value) for file, node in nodes]
    assert [place for place, value in values if getattr(value, "value", "") == "__all__"] == []


def test_only_the_kernel_speaks_to_celery() -> None:
    words = {"delay", "apply_async", "send_task"}
    found = [where(file, node) for file, node, word in calls() if word in words]
    assert [place for place in found if not place.startswith("crm/jobs/")] == []


def test_nothing_hides_an_import_cycle_in_a_function() -> None:
    allowed = {"scipy.optimize"}
    wrong = []
    for file, tree in trees():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef) or "/migrations/" in file:
                continue
            for node in ast.walk(function):
                module = node.module if isinstance(node, ast.ImportFrom) else None
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [module]
                if isinstance(node, ast.Import | ast.ImportFrom) and not allowed.issuperset(
                    filter(None, names)
                ):
                    wrong.append(where(file, node))
    assert wrong == []


def test_no_signals_and_no_save_overrides() -> None:
    wrong = [where(file, node) for file, node, word in calls() if word == "receiver"]
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and "/models" in file:
                wrong += [where(file, item) for item in node.body if getattr(item, "name", "") == "save"]
    assert wrong == []


def test_a_file_can_be_read_in_one_sitting() -> None:
    long = {
        name_of(path): len(path.read_text().splitlines())
        for path in sources()
        if "/migrations/" not in str(path)
    }
    assert {name: lines for name, lines in long.items() if lines > 350} == {}


def test_no_setting_is_written_twice() -> None:
    """A merge that leaves two lists of one name drops what the first one declares."""
    texts = [(PROJECT / "crm" / name).read_text() for name in ("settings.py", "composition.py")]
    targets = [
        target
        for node in ast.parse("\n".join(texts)).body
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
    ]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    assert sorted({name for name in names if names.count(name) > 1}) == []
