import xml.etree.ElementTree as ET

import pytest

from jiyue.demo import pictures
from jiyue.demo.city import city
from jiyue.demo.material import works
from jiyue.demo.scenes import SCENES
from jiyue.demo.writing import SCENE_WORDS


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_small_and_without_words_or_outside_references(name):
    drawn = pictures.draw(f"{name}-jyj-1")

    tree = ET.fromstring(drawn)
    assert len(drawn) < 8000
    assert {element.tag.rpartition("}")[2] for element in tree.iter()}.isdisjoint(
        {"text", "image", "script", "foreignObject"}
    )


def test_the_same_key_is_always_the_same_picture_and_another_key_another():
    assert pictures.draw("bridge-jtj-1") == pictures.draw("bridge-jtj-1")
    assert pictures.draw("bridge-jtj-1") != pictures.draw("bridge-jtj-2")


def test_every_work_has_a_scene_and_every_scene_has_words():
    named = {work["scene"] for field in works().values() for work in field}

    assert named <= set(SCENES)
    assert set(SCENES) == set(SCENE_WORDS)


def test_every_picture_the_city_names_can_be_drawn():
    sample = city(3)

    for site in sample.websites:
        for key in sample.pictures_of(site.code):
            assert pictures.draw(key).startswith("<svg")
