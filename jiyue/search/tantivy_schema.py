"""How a document lies in the Tantivy index, and what is asked of it there.

==========  =========================================================  ===============================================
field       holds                                                      answers
==========  =========================================================  ===============================================
text        pairs of neighbouring characters, with positions           two characters: the term; more: the pairs in a row
frequent    the strings of the lexicon found in the text               frequent strings of three and more, as one term
chars       the characters                                             one character
words       the words of a segmenter                                   ranking: 上海 as a word before 海上海鲜
title       strings of one to four characters of the title             ranking: in the title before in the text
name        title and document number as a whole                       ranking: exactly this document first
initials    pairs of the title's pinyin initials, with positions       gyyfzwgk, when nothing else was found
==========  =========================================================  ===============================================
"""

import json
from datetime import UTC, datetime
from typing import Any

from tantivy import (
    Document as Row,
)
from tantivy import (
    Index,
    Occur,
    Schema,
    SchemaBuilder,
    TextAnalyzerBuilder,
    Tokenizer,
)
from tantivy import (
    Query as Clause,
)

from jiyue.common.chinese import words_for_search
from jiyue.search.index import Document, Facet
from jiyue.search.initials import initials
from jiyue.search.lexicon import Lexicon
from jiyue.search.text import BREAK, bigrams, normalise


TITLE_BOOST, WORD_BOOST, NAME_BOOST = 4.0, 0.5, 1000.0
TITLE_GRAM = 4
RECENCY_HALF_LIFE = 6  # years after which a document of equal merit weighs half; ratios do not depend on today
EPOCH_YEAR = 2000

_STORED = ("title", "address", "body", "summary", "doc_number", "validity", "kind", "website", "unit", "year", "id")


def make_schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_integer_field("id", indexed=True)  # deleting by an unsigned term deletes nothing (tantivy 0.27)
    builder.add_bytes_field("stored", stored=True)
    builder.add_text_field("text", tokenizer_name="spaced", index_option="position")
    builder.add_text_field("initials", tokenizer_name="spaced", index_option="position")
    builder.add_text_field("frequent", tokenizer_name="spaced", index_option="basic")
    builder.add_text_field("chars", tokenizer_name="spaced", index_option="basic")
    builder.add_text_field("words", tokenizer_name="spaced", index_option="basic")
    builder.add_text_field("title", tokenizer_name="grams", index_option="basic")
    builder.add_text_field("name", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("released", fast=True)
    builder.add_float_field("weight", fast=True)
    for facet in Facet:
        builder.add_text_field(facet.value, tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


def register_tokenizers(index: Index) -> None:
    index.register_tokenizer("spaced", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    index.register_tokenizer("grams", TextAnalyzerBuilder(Tokenizer.ngram(1, TITLE_GRAM)).build())


def searchable(document: Document) -> str:
    """All the text of a document that can be found, in normal form; nothing is found across its parts."""
    parts = (document.title, document.doc_number, document.extra, document.summary, document.body)
    return BREAK.join(filter(None, map(normalise, parts)))


def row_of(document: Document, lexicon: Lexicon) -> Row:
    text, title = searchable(document), normalise(document.title)
    row = Row()
    row.add_integer("id", document.id)
    row.add_bytes("stored", _pack(document))
    row.add_text("text", " ".join(bigrams(text)))
    row.add_text("chars", " ".join(set(text)))
    row.add_text("frequent", " ".join(lexicon.within(text)))
    row.add_text("words", " ".join(set(words_for_search(text))))
    row.add_text("title", title)
    row.add_text("initials", " ".join(bigrams(initials(document.title))))
    for name in {title, normalise(document.doc_number)} - {""}:
        row.add_text("name", name)
    row.add_integer("released", int(document.released_at.timestamp()))
    row.add_float("weight", document.weight * 2 ** ((document.year - EPOCH_YEAR) / RECENCY_HALF_LIFE))
    for facet, value in facet_values(document).items():
        if value:
            row.add_text(facet.value, value)
    return row


def facet_values(document: Document) -> dict[Facet, str]:
    return {
        Facet.SITE: str(document.website),
        Facet.KIND: document.kind,
        Facet.YEAR: str(document.year),
        Facet.UNIT: str(document.unit),
        Facet.VALIDITY: document.validity,
    }


def contains(schema: Schema, lexicon: Lexicon, term: str) -> Clause:
    """Exactly the documents whose text contains ``term``."""
    if len(term) == 1:
        return Clause.term_query(schema, "chars", term, "basic")
    if len(term) == 2:
        return Clause.term_query(schema, "text", term, "freq")
    if term in lexicon:
        return Clause.term_query(schema, "frequent", term, "basic")
    return Clause.phrase_query(schema, "text", bigrams(term))  # type: ignore[arg-type]  # list is invariant


def merits(schema: Schema, terms: tuple[str, ...]) -> list[tuple[Occur, Clause]]:
    """What raises a document among those that contain all terms."""
    clauses = [Clause.boost_query(_in_title(schema, term), TITLE_BOOST) for term in terms]
    clauses += [
        Clause.boost_query(Clause.term_query(schema, "words", term, "basic"), WORD_BOOST)
        for term in terms
        if len(term) > 1
    ]
    name = Clause.term_query(schema, "name", "".join(terms), "basic")
    clauses.append(Clause.boost_query(Clause.const_score_query(name, 1.0), NAME_BOOST))
    return [(Occur.Should, clause) for clause in clauses]


def spelled(schema: Schema, term: str) -> Clause:
    """Documents in whose title the initials ``term`` stand in a row."""
    pairs = bigrams(term)
    if len(pairs) == 1:
        return Clause.term_query(schema, "initials", pairs[0], "freq")
    return Clause.phrase_query(schema, "initials", pairs)  # type: ignore[arg-type]  # list is invariant


def _in_title(schema: Schema, term: str) -> Clause:
    """Longer terms by their pieces: good enough to rank those which are known to contain the whole."""
    starts = {*range(0, len(term) - TITLE_GRAM, TITLE_GRAM), max(len(term) - TITLE_GRAM, 0)}
    pieces = [Clause.term_query(schema, "title", term[start : start + TITLE_GRAM], "basic") for start in sorted(starts)]
    return pieces[0] if len(pieces) == 1 else Clause.boolean_query([(Occur.Must, piece) for piece in pieces])


def _pack(document: Document) -> bytes:
    values: dict[str, Any] = {name: getattr(document, name) for name in _STORED}
    return json.dumps({**values, "at": document.released_at.timestamp()}, ensure_ascii=False).encode()


def unpack(data: bytes) -> Document:
    values = json.loads(data)
    return Document(released_at=datetime.fromtimestamp(values.pop("at"), UTC), **values)
