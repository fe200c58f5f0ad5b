"""What may be written: each proposal gets its file, or the reason why it stays queued."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.pulling import article_files, example_files
from studio.pulling.lines import CantWrite, Text
from studio.pulling.removing import Removal
from studio.validate import reviewed
from studio.validate.examples import LANGUAGES, RULED, normalised, plain
from studio.validate.privacy import personal
from studio.validate.project import Project

OUT_OF_SCOPE = "out_of_scope"
# A file that must be whole before anything is written.
_STOPPING = ("broken-yaml", "merge-conflict", "not-utf8", "duplicate-key")


class CantPull(Exception):
    """Nothing was written; the message says what has to be mended first."""


@dataclass
class Plan:
    """What a pull does: new texts by file, proposals by where they stand, and those refused."""

    texts: dict[Path, Text] = field(default_factory=dict)
    # Proposal → file, relative to the project; written now or standing there already.
    pulled: dict[str, str] = field(default_factory=dict)
    # Proposals of which something is newly written, and what: (file, line).
    new: list[str] = field(default_factory=list)
    written: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)

    def forget(self, lost: set[tuple[str, str]]) -> None:
        """These lines (file, words) were written and taken out again: nothing is told of them."""
        kept = []
        for name, (file, line) in zip(self.new, self.written, strict=True):
            if (file, plain(line)) in lost:
                del self.pulled[name]
            else:
                kept.append((name, (file, line)))
        self.new, self.written = [name for name, _ in kept], [line for _, line in kept]


class Tree:
    """The working tree as far as pulling goes: where each text stands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project = Project(root)
        self._read_examples(set())
        # Whatever is read for deciding has to be whole.
        judged = self.project.judged
        broken = [one for one in self.project.broken if one.code in _STOPPING]
        if self.project.domain is None or broken:
            told = [f"{one.file}:{one.line}: {one.what}" for one in broken] or ["no domain.yml"]
            raise CantPull("\n".join(told))
        self.intents = set(self.project.declared("intents")) - RULED
        self.entities = set(self.project.declared("entities"))
        self.judged = {m.key: f"{m.file}:{m.line}" for listed in judged.values() for m in listed}
        self.articles = {
            language: {path.stem: path for path in sorted(self._folder(language).glob("*.md"))}
            for language in LANGUAGES
        }
        self.asked = {
            (normalised(question), language): slug
            for language, listed in self.articles.items()
            for slug, path in listed.items()
            for _, question in article_files.questions(_article(path))
        }
        self.judged |= dict(self._judged_questions())
        self.nobody = reviewed.invented(self.project)

    def _read_examples(self, gone: set[tuple[str, str, str]]) -> None:
        staying = [
            e
            for listed in self.project.training.values()
            for e in listed
            if (e.file, e.intent, e.plain) not in gone
        ]
        self.standing = {e.key: (e.intent, e.language, e.file, e.line) for e in staying}
        # The same text may stand in both languages: each place counts for its own.
        self.here = {(e.key, e.language): e.file for e in staying}

    def lose(self, removal: Removal) -> None:
        """What is taken out stands here no longer."""
        self._read_examples(set(removal.taken))
        for file, slug, question in removal.taken:
            key, language = normalised(question), Path(file).parent.name
            if file.endswith(".md") and self.asked.get((key, language)) == slug:
                del self.asked[key, language]

    def _folder(self, language: str) -> Path:
        return self.root / "data" / "knowledge" / language

    def _judged_questions(self) -> Iterator[tuple[str, str]]:
        for file in self.project.files("tests/knowledge/*.yml"):
            content = file.data if isinstance(file.data, dict) else {}
            answered = content.get("answered") or {}
            for question in [q for asked in answered.values() for q in asked or ()]:
                yield normalised(str(question)), file.name
            for question in content.get("unanswered") or ():
                yield normalised(str(question)), file.name

    def relative(self, path: Path) -> str:
        """A file's name in the project."""
        return path.relative_to(self.root).as_posix()


def _article(path: Path) -> Text:
    try:
        text = Text.read(path)
        article_files.questions(text)
    except CantWrite as error:
        raise CantPull(str(error)) from error
    return text


def plan(tree: Tree, proposals: list[dict[str, Any]], removal: Removal | None = None) -> Plan:
    """Decide about each proposal, oldest first, on what a removal leaves; nothing is written yet.

    The plan's texts are without what is removed.
    """
    made = Plan()
    if removal is not None:
        tree.lose(removal)
        made.texts |= removal.texts
    for proposal in proposals:
        kind = proposal["kind"]
        if kind in ("intent", OUT_OF_SCOPE):
            _example(tree, made, proposal)
        elif kind == "article_question":
            _question(tree, made, proposal)
        else:
            # Nothing to write: that it isn't useful was all there was to say.
            made.pulled[proposal["id"]] = ""
    return made


def _example(tree: Tree, made: Plan, proposal: dict[str, Any]) -> None:
    intent = OUT_OF_SCOPE if proposal["kind"] == OUT_OF_SCOPE else str(proposal["intent"])
    language, text = str(proposal["language"]), " ".join(str(proposal["text"]).split())
    key = normalised(text)
    there = tree.standing.get(key)
    if there and there[0] == intent and (key, language) in tree.here:
        made.pulled[proposal["id"]] = tree.here[key, language]
        return
    unknown = [
        str(one["entity"])
        for one in proposal["entities"] or ()
        if one["entity"] not in tree.entities
    ]
    reason = None
    if intent not in tree.intents:
        reason = f"there is no intent {intent} in domain.yml"
    elif there and there[0] != intent:
        reason = f"it stands in {there[2]}:{there[3]} as {there[0]}"
    elif unknown:
        reason = f"there is no entity {unknown[0]} in domain.yml"
    reason = reason or _unfit(tree, text, language)
    if reason:
        made.refused.append((proposal, reason))
        return
    try:
        line = example_files.annotated(str(proposal["text"]), proposal["entities"] or ())
        path = _file(tree, language, intent)
        if path in made.texts or path.exists():
            current = made.texts.get(path) or Text.read(path)
            made.texts[path] = example_files.add(current, intent, [line])
        else:
            made.texts[path] = example_files.begin(path, intent, [line])
    except CantWrite as error:
        made.refused.append((proposal, str(error)))
        return
    file = tree.relative(path)
    tree.standing[key] = (intent, language, file, 0)
    tree.here[key, language] = file
    made.pulled[proposal["id"]] = file
    made.new.append(proposal["id"])
    made.written.append((file, line))


def _file(tree: Tree, language: str, intent: str) -> Path:
    """The file with the intent's block: its own, or whichever has one."""
    folder = tree.root / "data" / "nlu" / language
    own = folder / f"{intent}.yml"
    for example in tree.project.training[language]:
        if example.intent == intent and tree.root / example.file != own:
            return own if own.exists() else tree.root / example.file
    return own


def _question(tree: Tree, made: Plan, proposal: dict[str, Any]) -> None:
    slug, language = proposal["article"], str(proposal["language"])
    text = " ".join(str(proposal["text"]).split())
    if not slug:
        made.gaps.append(proposal)
        return
    path = tree.articles.get(language, {}).get(str(slug))
    stands = tree.asked.get((normalised(text), language))
    if path and stands == slug:
        made.pulled[proposal["id"]] = tree.relative(path)
        return
    if path is None:
        reason: str | None = f"there is no article {slug} in data/knowledge/{language}"
    elif stands:
        reason = f"it is a question of the article {stands}"
    else:
        reason = _unfit(tree, text, language)
    if path is None or reason:
        made.refused.append((proposal, str(reason)))
        return
    try:
        current = made.texts.get(path) or Text.read(path)
        made.texts[path] = article_files.add(current, [text])
    except CantWrite as error:
        made.refused.append((proposal, str(error)))
        return
    tree.asked[normalised(text), language] = str(slug)
    made.pulled[proposal["id"]] = tree.relative(path)
    made.new.append(proposal["id"])
    made.written.append((tree.relative(path), text))


def _unfit(tree: Tree, text: str, language: str) -> str | None:
    """Why a text may not be written anywhere."""
    if not text:
        return "it has no words"
    if normalised(text) in tree.judged:
        return f"the model is judged by it ({tree.judged[normalised(text)]})"
    if plain(text) != text:
        return "it would be read as an annotation"
    for kind, found in personal(text, language):
        if normalised(found) not in tree.nobody:
            return f"somebody may be recognised by '{found}' ({kind.replace('_', ' ')})"
    return None
