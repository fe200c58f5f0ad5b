"""Character and word n-gram features, weighted by tf-idf, without pickles.

They catch what the sentence encoder has never read: typing errors, product names, missing accents.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

CHARACTER_SIZES = (2, 3, 4, 5)
_WORD = re.compile(r"\w+|[^\w\s]")
_DIGIT = re.compile(r"\d")


class NgramVectorizer:
    """Maps texts to sparse rows; each of the two blocks (characters, words) has unit length.

    Args:
        vocabulary: n-gram → column. Word n-grams start with "\\x01", so the blocks never mix.
        idf: inverse document frequency of each column, float32.
    """

    def __init__(self, vocabulary: dict[str, int], idf: np.ndarray) -> None:
        self.vocabulary = vocabulary
        self.idf = idf

    @classmethod
    def learn(cls, texts: Sequence[str]) -> NgramVectorizer:
        """Collect the n-grams of the training texts; single occurrences of characters are noise
        in a large set and precious in a small one."""
        frequency: Counter[str] = Counter()
        for text in texts:
            frequency.update(set(_grams(text)))
        least = 2 if len(texts) > 2000 else 1
        kept = sorted(
            gram for gram, count in frequency.items() if gram[0] == _WORD_MARK or count >= least
        )
        total = len(texts)
        idf = [math.log((1 + total) / (1 + frequency[gram])) + 1 for gram in kept]
        return cls({gram: column for column, gram in enumerate(kept)}, np.array(idf, np.float32))

    def with_words_of(self, texts: Sequence[str], total: int) -> NgramVectorizer:
        """This vectorizer with columns for words that nobody wrote before, as training on these
        texts too would have them; `total` is how many texts it was learnt from.

        Characters are left out: what occurs once, training leaves out as well.
        """
        frequency: Counter[str] = Counter()
        for text in texts:
            frequency.update(self.unknown_words(text))
        first = len(self.vocabulary)
        new = {gram: first + place for place, gram in enumerate(sorted(frequency))}
        if not new:
            return self
        total += len(texts)
        idf = [math.log((1 + total) / (1 + frequency[gram])) + 1 for gram in new]
        extended = np.concatenate([self.idf, np.array(idf, np.float32)])
        return NgramVectorizer({**self.vocabulary, **new}, extended)

    def unknown_words(self, text: str) -> set[str]:
        """Words and pairs of words of a text that have no column."""
        return {
            gram for gram in _grams(text) if gram[0] == _WORD_MARK and gram not in self.vocabulary
        }

    def row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Columns and float32 weights of one text; both empty when no n-gram is known."""
        columns: list[int] = []
        weights: list[float] = []
        block_of: list[bool] = []
        for gram, count in Counter(_grams(text)).items():
            column = self.vocabulary.get(gram)
            if column is not None:
                columns.append(column)
                weights.append(1.0 + math.log(count))
                block_of.append(gram[0] == _WORD_MARK)
        index = np.array(columns, np.int32)
        values = np.array(weights, np.float32) * self.idf[index]
        words = np.array(block_of, bool)
        for block in (words, ~words):
            length = float(np.linalg.norm(values[block]))
            if length:
                values[block] /= length
        return index, values

    def matrix(self, texts: Iterable[str]) -> csr_matrix:
        """Sparse rows (texts × vocabulary), float32: what `row` gives, of many texts at once."""
        columns: list[int] = []
        counts: list[int] = []
        pointers = [0]
        for text in texts:
            for gram, count in Counter(_grams(text)).items():
                column = self.vocabulary.get(gram)
                if column is not None:
                    columns.append(column)
                    counts.append(count)
            pointers.append(len(columns))
        index = np.array(columns, np.int32)
        values = (1.0 + np.log(np.array(counts, np.float64))).astype(np.float32) * self.idf[index]
        # Two blocks a row: squares are summed for each of them.
        blocks = np.repeat(np.arange(len(pointers) - 1) * 2, np.diff(pointers))
        blocks += self._is_word()[index]
        squares = np.bincount(blocks, np.square(values, dtype=np.float64))
        values /= np.sqrt(squares)[blocks].astype(np.float32)
        shape = (len(pointers) - 1, len(self.vocabulary))
        return csr_matrix((values, index, np.array(pointers)), shape=shape, dtype=np.float32)

    def _is_word(self) -> np.ndarray:
        """Of each column whether it stands for words."""
        marked = np.zeros(len(self.vocabulary), bool)
        for gram, column in self.vocabulary.items():
            marked[column] = gram[0] == _WORD_MARK
        return marked


_WORD_MARK = "\x01"


def _grams(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.lower())
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    words = _WORD.findall(_DIGIT.sub("0", folded))
    grams = [_WORD_MARK + word for word in words]
    grams += [f"{_WORD_MARK}{first} {second}" for first, second in pairwise(words)]
    for word in words:
        padded = f" {word} "
        for size in CHARACTER_SIZES:
            if len(padded) <= size:
                grams.append(padded)
                break
            grams.extend(padded[start : start + size] for start in range(len(padded) - size + 1))
    return grams
