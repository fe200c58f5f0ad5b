"""Leader clustering, on vectors that are easy to see."""

from __future__ import annotations

import numpy as np

from integrations.review.clusters import Matrix, Space, packed, unpacked


def at(*degrees: float) -> Matrix:
    """Unit vectors in a plane."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def names(space: Space, vectors: Matrix, prefix: str) -> list[str]:
    placed = space.place(vectors, [f"{prefix}{n}" for n in range(len(vectors))], near=0.9)
    return [space.ids[index] for index in placed.group]


def test_what_is_near_is_together_and_the_densest_begins() -> None:
    space = Space(2)
    # 26° is the reach of 0.9: 20 has all three, 0 and 40 only some.
    assert names(space, at(0, 20, 40, 120), "a") == ["a1", "a1", "a1", "a3"]


def test_later_ones_join_what_is_there_and_the_nearest_of_several() -> None:
    space = Space(2)
    names(space, at(0, 60), "a")
    assert names(space, at(10, 50, 180), "b") == ["a0", "a1", "b2"]
    assert len(space) == 3


def test_what_joins_draws_others_of_its_batch() -> None:
    space = Space(2)
    names(space, at(0), "a")
    assert names(space, at(20, 30), "b") == ["a0", "a0"]


def test_nothing_comes_to_a_group_that_is_gone() -> None:
    space = Space(2)
    names(space, at(0), "a")
    space.remove("a0")
    assert names(space, at(0), "b") == ["b0"]


def test_more_groups_than_there_was_room_for() -> None:
    space = Space(8)
    vectors = np.eye(8, dtype=np.float32)
    for _ in range(300):
        space.place(vectors, [f"{len(space)}-{n}" for n in range(8)], near=2.0)
    assert len(space) == 2400
    assert np.allclose(space.totals[2399], vectors[7])


def test_the_title_is_the_text_nearest_to_the_centre() -> None:
    space = Space(2)
    index = space.join("a", at(0)[0])
    space.join("a", at(20)[0])
    space.join("a", at(12)[0])
    assert space.better_title(index, at(12)[0])
    assert not space.better_title(index, at(20)[0])


def test_a_vector_is_kept_to_half_precision() -> None:
    [vector] = at(33)
    assert np.allclose(unpacked(packed(vector)), vector, atol=1e-3)
