"""Words around names: what is not a name, what makes a place of one, and last names that are also words."""

from __future__ import annotations

from typing import Final

PARTICLES: Final = frozenset("de del la las los van von da di el y bin al o' st ter du dos das le".split())
SUFFIXES: Final = frozenset("jr sr ii iii iv junior senior".split())
SURNAME_WORDS: Final = frozenset(
    """
    adams baker banks bell bishop black blanco bravo brown brewer burns butler calle campos carpenter castillo
    chase church clay coleman cook cooper cortes costa cross cruz cuevas day delgado dean diaz duran fields
    fisher fierro flores ford foster fox franco freeman fuentes fuller garza gold grant gray green guerra hall
    hart heredia hill holland hood hunt hunter iglesias juarez key king knight lake lane law leal leon little
    long lopez love luna marin marsh marshall martin mason mejia mendez mercado mills moon morales moreno mota
    nieves page palacios palma palmer parker parks parra paz pena perez pino ponce porter pope potter power
    powers prado price quiroz ramos reyes rice rich rios rivera robles rocha rojas romero rosa rosales rosas
    rose rubio ruiz salas salinas santana santos serrano sharp short silva smith snow soto stone strong summers
    swan tapia taylor toro torres turner valle vega vela vera villa wade walker walls ward waters weaver wells
    west white wise wolf wood woods young zapata sierra sol soler sosa
    """.split()
)
"""Last names that are also words: part of a name after a given name."""
NO_NAMES: Final = frozenset(
    """
    a about account accounts actually all already also an and another any are at autopay auto back bank bill
    billed billing bills but by cable call called can card cargo casa charge charged charges charter chat
    cliente customer customers de declined different due el en english ese esta este estoy fee fees for from
    getting going had has have he her here home hotmail how i i'd i'll i'm i've if im in incorrect internet is
    it its just la late listed mi misspelled mobile moved my name never new no not nueva nuevo of on one or
    other our out over paid pay payment paying phone please por que real representative returning right senior
    service shown sin soy spanish spectrum spelled still store su support sure that the their there they this to
    today trying tv un una unable unhappy upset us using very was what when where which who why will with
    writing wrong wireless yes you your tech time warner cox xfinity comcast verizon at&t directv dish tmobile
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december español inglés ingles dueño dueña titular usuario usuaria veterano madre
    padre lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto
    septiembre octubre noviembre diciembre christmas easter thanksgiving roku hulu netflix youtube disney espn
    hbo max apple google amazon microsoft samsung sony lg visa mastercard amex paypal venmo zelle facebook
    twitter instagram whatsapp starlink tracfone metro boost cricket mint walmart target costco ups usps fedex
    fcc bbb ssi acp ebb ok okay hi hello hey dear sir madam miss mr mrs ms dr thanks thank gracias hola buenos
    buenas wifi wi-fi modem router dvr hd ott app online texas florida california ohio carolina york wisconsin
    michigan hawaii alabama georgia kentucky tennessee missouri kansas nebraska maine vermont massachusetts
    louisiana montana indiana minnesota virginia washington oregon nevada arizona colorado utah idaho wyoming
    dakota oklahoma arkansas mississippi illinois iowa pennsylvania jersey delaware maryland connecticut
    hampshire alaska usa us america american mexico mexican miami houston dallas austin chicago orlando tampa
    atlanta charlotte angeles antonio_ diego_ francisco_ paris london
    """.split()
)
"""Words that are not names, and often follow an introduction."""
PLACES_AFTER: Final = frozenset(
    "county parish city beach heights springs falls park valley university college hospital airport stadium "
    "township island".split()
)
STATES: Final = frozenset(
    """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IA KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR
    PA RI SC SD TN TX UT VA VT WA WI WV WY
    """.split()
)
PLACES_BEFORE: Final = frozenset(
    "san santa st saint fort los las lake mount port new via calle avenida av ave port puerto ciudad villa "
    "rancho".split()
)
DOES: Final = frozenset(
    """
    said told promised who que from in was hung lied never came me and y refused sold dijo prometio colgo quoted
    answered
    """.split()
)
"""Words after a name in small letters that an agent's role introduced."""
