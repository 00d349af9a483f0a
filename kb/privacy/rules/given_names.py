"""Given names that are common in the United States, for names that are introduced in small letters.

Left out are names that are also words of billing talk, such as Bill, Mark, Grace, May, Will, Art, Rob and Sue.
"""

from __future__ import annotations

from typing import Final

GIVEN_NAMES: Final = frozenset(
    """
    aaron abigail adam adrian adriana agnes alan albert alejandra alejandro alex alexander alexandra alexis
    alfredo alice alicia allison alma amanda amber amy ana andrea andres andrés andrew angel ángel angela
    angelica angelina anita ann anna anne annie anthony antonio april arlene armando arthur arturo ashley audrey
    austin barbara beatrice beatriz becky benjamin bernard bernice beth betty beverly blanca bonnie brandon
    brenda brian brianna bruce bryan caleb cameron carl carla carlos carmen carol caroline carolyn carrie
    catalina catherine cathy cecilia cesar césar charlene charles charlotte chelsea cheryl chris christian
    christina christine christopher cindy claudia clara connie courtney craig cristina crystal cynthia daisy
    dana daniel daniela danielle danny darlene david dawn deborah debra denise dennis derek diana diane diego
    dolores donald donna doris dorothy douglas dylan edgar edith eduardo edward edwin eileen elaine eleanor
    elena elizabeth ella ellen elsa emily emma enrique eric erica erika erin ernesto esmeralda esperanza esteban
    esther ethan eugene eva evelyn felipe felix fernando florence frances francisco frank fred gabriel gabriela
    gary gerald gerardo gilbert gina gladys gloria gonzalo graciela gregory guadalupe guillermo gustavo hannah
    harold harry heather hector héctor heidi helen henry hilda holly hugo ian ignacio irene iris irma isaac
    isabel isabella ivan iván jack jackie jacob jacqueline jaime james jamie jane janet janice jared jasmine
    jason javier jean jeff jeffrey jenna jennifer jenny jeremy jerry jesse jessica jesus jesús jill jim jimmy
    joan joanne joe joel john johnny jonathan jordan jorge jose josé joseph joshua joyce juan juana juanita
    judith judy julia julian julie julio justin karen karina karla katherine kathleen kathryn kathy katie kayla
    keith kelly kenneth kevin kim kimberly kyle larry latoya laura lauren lawrence leah leonard leonor leslie
    leticia lidia lillian linda lisa logan lois lori lorena lorraine louis lourdes lucia lucía lucas luis luz
    lydia lynn madison manuel marcela marco marcos marcus margaret margarita maria maría mariana maribel marie
    marilyn mario marisol marjorie marlene marta martha martin martín marvin mary mateo matthew maureen mauricio
    megan melanie melissa mercedes michael michelle miguel mike mildred mildred miriam mohammed monica mónica
    morgan nancy natalia natalie nathan nicholas nicole nina norma octavio olga olivia omar oscar óscar pablo
    pamela patricia patrick patty paul paula pedro peggy peter philip phillip phyllis priscilla rachel rafael
    ralph ramon ramón randy raquel raul raúl raymond rebecca regina rene rené ricardo richard rita robert
    roberta roberto rodrigo roger roland ronald rosa rosario rose roxanne ruben rubén russell ruth ryan sabrina
    sally salvador samantha samuel sandra sandy santiago sara sarah scott sean sebastian sergio shannon sharon
    sheila shelby sherry shirley silvia sofia sofía sonia sophia stacy stella stephanie stephen steve steven
    susan susana sylvia tamara tammy tanya tara tatiana teresa terry thelma theresa thomas tiffany timothy tina
    todd tom tony tracy travis trevor tyler tyrone valentina valeria vanessa vera veronica verónica vicente
    victor víctor victoria vincent viola virginia vivian walter wanda wayne wendy whitney william willie ximena
    xavier yadira yesenia yolanda yvonne zachary zoe
    """.split()
)
