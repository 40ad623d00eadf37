"""The language of a text is guessed from its letters."""

import pytest

from entrypoints.web.languages import language_of


@pytest.mark.parametrize(
    "text",
    ["你好，世界", "<p>我们昨天去了一家叫做「鲜の生」的店，味道很不错，下次还想再去。</p>", "约翰・史密斯ー先生"],
)
def test_chinese_with_one_japanese_character_is_chinese(text: str) -> None:
    assert language_of(text) == "zh"


@pytest.mark.parametrize(
    "text", ["昨日は海へ行きました。", "東京都千代田区丸の内", "ありがとうございました", "コーヒー"]
)
def test_a_text_with_many_kana_is_japanese(text: str) -> None:
    assert language_of(text) == "ja"


@pytest.mark.parametrize("text", ["", "Hello", "안녕하세요", "The word 中 means middle", "Привет", "<p>・</p>"])
def test_a_text_mostly_in_other_scripts_has_no_language(text: str) -> None:
    assert language_of(text) == ""
