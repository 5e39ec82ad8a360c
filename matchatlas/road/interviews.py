"""The practice deck for interviews: what the guide says IMGs are asked, in our own words.

Three questions the guide names, three topics it wants ready, and three that follow from what it
says interviewers look for; `Card.guide` tells which. No other source stands behind them.
"""

from dataclasses import dataclass

NAMED = "a question that the guide names"
READY = "a topic that the guide wants ready"
LOOKED_FOR = "drawn from what the guide says interviewers look for"
NOTE_LENGTH = 4000  # characters, as a plan holds


@dataclass(frozen=True)
class Card:
    """One question: what it is after, prompts to practise with, and how the guide speaks of it.

    id names it in the saved plan, and is never changed; of_a_program: the answer
    differs from program to program.
    """

    id: str
    question: str
    after: str
    prompts: tuple[str, ...]
    guide: str
    of_a_program: bool = False


DECK = (
    Card(
        "journey",
        "Tell me about your journey to get here",
        "Not your dates in order: what moved you on, what you did when it got hard, and what you saw in "
        "other health systems that a colleague here has not.",
        (
            "Which one turn of the way would you tell if you had a single minute?",
            "Where did a plan fail, and what did you do the week after?",
            "What do you see at the bedside because you trained elsewhere?",
            "Which last sentence leads from your way to this program's work?",
        ),
        NAMED,
    ),
    Card(
        "why-program",
        "Why our program, specifically?",
        "Whether you know this program, and not only its name: its people, its patients, its ways of "
        "teaching, and how they meet what you want to become.",
        (
            "Whose work there would you want to join, and with which question of your own?",
            "Which patients does it care for, and where have you cared for such patients?",
            "Which part of its training would you miss at the next program on your list?",
            "Could your answer be given word for word elsewhere? Then what is missing in it?",
        ),
        NAMED,
        of_a_program=True,
    ),
    Card(
        "adapt",
        "How will you adapt to the U.S. healthcare system?",
        "Proof that you have begun already: what you did in U.S. clinical work, what surprised you, and "
        "how you changed your ways.",
        (
            "What did you do by yourself in your U.S. rotations, from history to handover?",
            "What did you do differently on the last day than on the first?",
            "How did you work with nurses, pharmacists, interpreters, the record system?",
            "Which feedback stung, and what came of it?",
        ),
        NAMED,
    ),
    Card(
        "why-us",
        "Why did you choose the U.S. system?",
        "A reason that holds when the interviewer asks once more: what you look for in training here, and "
        "that you know its hard sides too.",
        (
            "What can you learn here that you could not learn where you trained?",
            "What would you keep from the system you come from?",
            "What do you find hard about care in the U.S., and how do you deal with it?",
        ),
        READY,
    ),
    Card(
        "hurdles",
        "Which hurdles have you cleared to get here?",
        "How you act under load: the hurdle in a sentence, what you did about it in three, and what it "
        "taught you that the program gains from.",
        (
            "Which hurdle was the largest: exams, money, distance, language, time?",
            "What exactly did you do, and who helped you?",
            "If an exam or a year went badly: what changed after, and what shows it?",
            "How would that serve you in a hard month of the intern year?",
        ),
        READY,
    ),
    Card(
        "visa",
        "What is your visa status?",
        "A plain and correct answer, without apology: what you need, whether the program's sponsorship fits, "
        "what is done and what is still open.",
        (
            "Which visa do you need, in one sentence?",
            "Did you check which visas this program sponsors?",
            "Which papers are ready, and which come when?",
            "Where would you look up what you cannot answer on the spot?",
        ),
        READY,
        of_a_program=True,
    ),
    Card(
        "why-specialty",
        "Why this specialty?",
        "A motive that comes out of what you did: patients, rotations, work; and that your statement and "
        "your letters tell the same.",
        (
            "Which patient made up your mind?",
            "What of its daily work do you like that others find dull?",
            "What will your letter writers say about you in it?",
        ),
        LOOKED_FOR,
    ),
    Card(
        "bring",
        "What would you bring to our program?",
        "Accomplishments turned into use: a need this program has, what you did that meets it, and the "
        "proof.",
        (
            "Which three things of your record would its residents gain from?",
            "For each: what came of it, for whom, in which numbers?",
            "Which need of the program does it meet?",
        ),
        LOOKED_FOR,
        of_a_program=True,
    ),
    Card(
        "team",
        "How do you work in a team?",
        "Whether people would want to be on call with you: how you ask for help, take correction, and treat "
        "those who have no rank.",
        (
            "When did you change your mind because a colleague spoke up?",
            "When did you ask for help, and was it early enough?",
            "What would the nurses of your last ward say of you?",
        ),
        LOOKED_FOR,
    ),
)
