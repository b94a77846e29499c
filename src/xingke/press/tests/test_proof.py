"""The proof: signing, part B and back, the fingerprint."""

import json
from dataclasses import replace

import pytest
from lxml import etree

from xingke.press import proof as proofs
from xingke.press.proof import ProofError
from xingke.press.tests.cast import KEY, OTHER_KEY, PUBLIC_KEY, SHORT, proof_of

SIGNED = proof_of(SHORT)


def test_a_signed_proof_holds_under_its_own_key_only() -> None:
    other = proofs.sign(SIGNED, OTHER_KEY)

    assert proofs.is_signed_by(SIGNED, PUBLIC_KEY)
    assert not proofs.is_signed_by(SIGNED, bytes.fromhex(other.public_key))
    assert not proofs.is_signed_by(other, PUBLIC_KEY)


def test_signing_twice_gives_the_same_signature() -> None:
    assert proofs.sign(SIGNED, KEY) == SIGNED


def test_any_change_breaks_the_signature() -> None:
    first = replace(SIGNED.figures[0], value="37.0000")

    assert not proofs.is_signed_by(replace(SIGNED, figures=(first, *SIGNED.figures[1:])), PUBLIC_KEY)
    assert not proofs.is_signed_by(replace(SIGNED, period="2023-H1"), PUBLIC_KEY)
    assert not proofs.is_signed_by(replace(SIGNED, signature="no hex"), PUBLIC_KEY)


def test_part_b_carries_the_whole_proof() -> None:
    quoted = replace(SIGNED, title='甲"乙"<丙>&\n丁\t戊')

    assert proofs.from_xml(etree.fromstring(proofs.to_xml(quoted).encode())) == quoted


def test_what_came_later_is_signed_and_proofs_from_before_it_still_hold() -> None:
    earlier = proof_of(SHORT, is_earlier=True)
    dated = proofs.sign(replace(earlier, date="2025年1月6日"), KEY)
    fewer = replace(SIGNED, sentences=SIGNED.sentences[:-1])
    other = replace(SIGNED, parts=(replace(SIGNED.parts[0], digest="0" * 64), *SIGNED.parts[1:]))

    assert proofs.from_xml(etree.fromstring(proofs.to_xml(dated).encode())) == dated
    assert not proofs.is_signed_by(replace(dated, date="2025年1月7日"), PUBLIC_KEY)
    assert not proofs.is_signed_by(replace(dated, date=""), PUBLIC_KEY)
    assert not any(proofs.is_signed_by(each, PUBLIC_KEY) for each in (fewer, other, replace(SIGNED, issuer="云渡县")))
    assert proofs.is_signed_by(earlier, PUBLIC_KEY)
    assert set(json.loads(proofs.canonical(earlier))) == {
        "document",
        "title",
        "outline",
        "region",
        "period",
        "seq",
        "created",
        "fingerprint",
        "figures",
        "public_key",
    }


def test_a_part_b_that_lacks_something_says_what() -> None:
    text = proofs.to_xml(SIGNED)

    with pytest.raises(ProofError, match="lacks 'digest'"):
        proofs.from_xml(etree.fromstring(text.replace(' digest="', ' dig="', 1).encode()))
    with pytest.raises(ProofError, match="'seq' of part B must be an integer, got 'x'"):
        proofs.from_xml(etree.fromstring(text.replace(' seq="812"', ' seq="x"', 1).encode()))
    with pytest.raises(ProofError, match="the root of part B is 'proof'"):
        proofs.from_xml(etree.fromstring("<proof/>"))


def test_the_fingerprint_tells_title_figures_and_their_order() -> None:
    assert proofs.fingerprint_of("甲", ["1", "2"]) != proofs.fingerprint_of("甲", ["2", "1"])
    assert proofs.fingerprint_of("甲", ["12"]) != proofs.fingerprint_of("甲", ["1", "2"])
    assert proofs.fingerprint(SHORT) == SIGNED.fingerprint
