from __future__ import annotations

import pytest

from tests.transcripts.reading import one, refused, said, times


@pytest.mark.parametrize(
    ("agent", "customer"),
    [
        ("Agent: ", "Customer: "),
        ("CSR: ", "CALLER: "),
        ("[00:12] Rep - ", "[00:15] Customer - "),
        ("(0:12) Advisor: ", "(0:15) Member: "),
        ("00:12 Representative: ", "00:15 Client: "),
        ("[0:00:12.500 - 0:00:15.000] Agent: ", "[0:00:15 - 0:00:19] Guest: "),
        ("Agent (00:12): ", "Customer (00:15): "),
        ("Agent [00:12]: ", "Customer [00:15]: "),
        ("Agent: [00:12] ", "Customer: [00:15] "),
        ("**Agent:** ", "**Customer:** "),
        ("Agent 1: ", "Customer 1: "),
        ("Dana (Agent): ", "Lee (Customer): "),
        ("Customer Service Rep: ", "Customer: "),
        ("agent\t", "customer\t"),
        ("Agent> ", "Customer> "),
        ("Agent:\n", "Customer:\n"),
        ("Agent 0:12\n", "Customer 0:15\n"),
    ],
)
def test_speakers_before_their_words(agent: str, customer: str) -> None:
    text = f"{agent}Let me look at 10:30.\n{customer}It broke: twice.\n{agent}So sorry.\n"

    transcript = one(text)

    assert said(transcript) == [
        ("agent", "Let me look at 10:30."),
        ("customer", "It broke: twice."),
        ("agent", "So sorry."),
    ]
    assert transcript.flags == ()


def test_recognisers_labels_are_settled_by_evidence() -> None:
    text = "SPEAKER_00: Thank you for calling Tarn Outfitters, how can I help?\nSPEAKER_01: My order never came.\n"

    assert [speaker for speaker, _ in said(one(text))] == ["agent", "customer"]


def test_times_are_read_and_missing_ones_stay_missing() -> None:
    text = "[00:01 - 00:04] Agent: Hi.\nCustomer: Hello.\n[01:02:03] Agent: Bye.\n"

    assert times(one(text)) == [(1000, 4000), (None, None), (3_723_000, None)]


@pytest.mark.parametrize("stamp", ["[14:03:22]", "[9:03 AM]", "[14:03]"])
def test_wall_clock_times_are_no_offsets(stamp: str) -> None:
    assert times(one(f"{stamp} Agent: Hi.\n{stamp} Customer: Hello.\n")) == [(None, None), (None, None)]


def test_wrapped_lines_go_on_with_the_turn() -> None:
    text = (
        "Agent: I can see the order\n  and it left us on\nMonday: the depot has it.\n10:30 is the slot.\n\n"
        "Customer: Good.\n\nThank you.\n"
    )

    assert said(one(text)) == [
        ("agent", "I can see the order and it left us on Monday: the depot has it. 10:30 is the slot."),
        ("customer", "Good. Thank you."),
    ]


@pytest.mark.parametrize("line", ["Order number: 1182", "Note: fragile", "Email: see file", "https://example.test/a"])
def test_words_before_a_colon_are_not_always_speakers(line: str) -> None:
    assert said(one(f"Agent: Here it is.\n{line}\nCustomer: Thanks.\n"))[0] == ("agent", f"Here it is. {line}")


def test_a_supervisor_counts_as_agent() -> None:
    text = "Agent: One moment.\nCustomer: Fine.\nSupervisor: I can refund that.\nCustomer: Thank you for your help.\n"

    transcript = one(text)

    assert [speaker for speaker, _ in said(transcript)] == ["agent", "customer", "agent", "customer"]
    assert transcript.flags == ()


def test_someone_who_speaks_once_is_a_speaker() -> None:
    text = "Agent: One moment.\nCustomer: Fine.\nMaria Lopez: Hi, the supervisor here, let me look.\nCustomer: Ok.\n"

    assert len(one(text).turns) == 4


def test_machines_are_not_credited_to_the_agent() -> None:
    text = "IVR: How can I help you today?\nVirtual Agent: Say billing.\nAgent: Hi.\nCustomer: My bill is wrong.\n"

    assert [speaker for speaker, _ in said(one(text))] == ["system", "system", "agent", "customer"]


def test_notes_in_brackets_are_nobodys_words() -> None:
    text = "Agent: One moment.\n[transferred to supervisor]\nCustomer: [PII]\n[PII]\n"

    assert said(one(text)) == [
        ("agent", "One moment."),
        ("system", "[transferred to supervisor]"),
        ("customer", "[PII] [PII]"),
    ]


def test_a_heading_is_left_out() -> None:
    text = "Call transcript, Friday\nCall ID: 77\n-----\nAgent: Hi.\nCustomer: Hello.\n"

    assert said(one(text)) == [("agent", "Hi."), ("customer", "Hello.")]


def test_a_chat_between_names() -> None:
    text = "dana: thanks for contacting us, how can i help\nlee: my order is late\ndana: let me check\n"

    assert [speaker for speaker, _ in said(one(text))] == ["agent", "customer", "agent"]


def test_a_lower_case_word_before_a_colon_is_no_speaker_among_wrapped_lines() -> None:
    text = "agent: there are two ways\nfirst: by post\nor so: by courier\nas you like\ncustomer: by post\n"

    assert len(one(text).turns) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Once upon a time.\nThe end: nothing.\n",
        "name: web\nimage: nginx\nports: 80\nrestart: always\n",
        "ERROR: no disk\nERROR: no disk\nWARNING: hot\n",
        "body {\n  color: red;\n  margin: 0;\n}\n",
    ],
)
def test_text_that_is_no_conversation_is_refused(text: str) -> None:
    assert "no speakers found" in refused(text).reason


@pytest.mark.parametrize(
    "label",
    [
        "Customer [angry]", "Customer (upset)", "**Customer** {sobbing}", "Customer, crying", "Caller #2 (wife)",
        "Customer's son", "Customer’s husband", "Client <lee@example.test>", "Customer (to the agent)",
        "Customer's representative", "customer [sighs]", "[00:15] Customer [angry]",
    ],
)  # fmt: skip
def test_more_about_a_customer_before_the_colon_is_still_the_customers_turn(label: str) -> None:
    transcript = one(f"Agent: One moment.\n{label}: You lied to me.\nAgent: I am sorry.\n")

    assert said(transcript) == [
        ("agent", "One moment."),
        ("customer", "You lied to me."),
        ("agent", "I am sorry."),
    ]
    assert transcript.flags == ()


def test_more_about_an_agent_before_the_colon() -> None:
    text = "Agent [on hold music] (00:12): One moment.\nCustomer: Fine.\nAgent's manager: I can refund that.\n"

    transcript = one(text)

    assert [speaker for speaker, _ in said(transcript)] == ["agent", "customer", "agent"]
    assert times(transcript)[0] == (12_000, None)


def test_a_role_that_goes_on_in_prose_opens_a_turn_and_is_flagged() -> None:
    transcript = one("Agent: One moment.\nCustomer on the other phone: No.\nAgent: Sorry.\n")

    assert said(transcript)[1] == ("customer", "No.")
    assert transcript.flags == ("roles_uncertain",)


def test_a_doubtful_label_makes_nobody_the_agent() -> None:
    transcript = one("Agent: One moment.\nCustomer: I was told twice.\nSupport told me on Friday: it is free.\n")

    assert said(transcript)[-1] == ("unknown", "it is free.")
    assert transcript.flags == ("roles_uncertain",)


@pytest.mark.parametrize(("line", "flags"), [("Urgent: yes", ()), ("Colour: dark blue", ("roles_uncertain",))])
def test_a_field_of_a_form_opens_no_turn(line: str, flags: tuple[str, ...]) -> None:
    transcript = one(f"Agent: I note it.\n{line}\nCustomer: Thanks.\n")

    assert said(transcript) == [("agent", f"I note it. {line}"), ("customer", "Thanks.")]
    assert transcript.flags == flags


def test_an_unknown_speaker_is_not_glued_to_the_agent() -> None:
    transcript = one("Agent: One moment.\nUnknown Speaker: This is a scam.\nCustomer: Hm.\n")

    assert said(transcript)[1] == ("unknown", "This is a scam.")
