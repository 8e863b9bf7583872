/** What can be drawn, and the words that name it. */
import { flyingBird, perchedBird, standingBird } from "./Bird.js"
import { castle } from "./Castle.js"
import { cat, catHead } from "./Cat.js"
import { dog, dogHead } from "./Dog.js"
import { fish, fishBowl } from "./Fish.js"
import { apple, bowl, cake, cup } from "./Food.js"
import { fox, foxHead, foxTail } from "./Fox.js"
import { hare, hareHead } from "./Hare.js"
import { house } from "./House.js"
import { owl } from "./Owl.js"
import type { Pen } from "./Pen.js"
import { person, personHead } from "./Person.js"
import { flower, tree } from "./Plants.js"
import { redPanda, redPandaHead, redPandaTail } from "./RedPanda.js"
import { robot, robotHead } from "./Robot.js"
import { suit } from "./Suit.js"
import { car, paperBoat, paperPlane, sailingBoat, ship } from "./Vehicles.js"

type Draw = (pen: Pen) => string

/** Where a subject is at home: what a prompt names besides it decides first. */
export type Home = "land" | "water" | "under water" | "table" | "space" | "backdrop"

export interface Subject {
  readonly words: RegExp
  readonly home: Home
  /** How high it is where it stands beside others; a person is 1. */
  readonly size: number
  /** How far it reaches from the middle of its box, which is 100 high. */
  readonly reach: number
  /** Alone, standing; a backdrop is drawn by the scene. */
  readonly draw: Draw
  /** Its head and tail, for a suit. */
  readonly head?: Draw
  readonly tail?: Draw
  /** In the air or in water, and on a branch: where the prompt wants it there. */
  readonly flying?: Draw
  readonly perched?: Draw
}

const nothing: Draw = () => ""

/** Whole words, each a pattern. */
const words = (...patterns: ReadonlyArray<string>): RegExp => new RegExp(`\\b(?:${patterns.join("|")})\\b`, "g")

export const subjects = {
  redPanda: {
    words: words("(?:red|lesser) pandas?|firefox"),
    home: "land",
    size: 0.66,
    reach: 58,
    draw: redPanda,
    head: redPandaHead,
    tail: redPandaTail
  },
  fox: {
    words: words("(?:(?:arctic|red) )?fox(?:es)?|vixens?"),
    home: "land",
    size: 0.64,
    reach: 58,
    draw: fox,
    head: foxHead,
    tail: foxTail
  },
  cat: {
    words: words("cats?|kittens?|kitty|kitties|felines?|tabby(?: cats?)?|tabbies|tomcats?"),
    home: "land",
    size: 0.6,
    reach: 48,
    draw: cat,
    head: catHead
  },
  dog: {
    words: words(
      "(?<!hot[ -])dogs?|doggy|doggies|pupp(?:y|ies)|pups?|hounds?|labradors?",
      "retrievers?|corgis?|terriers?|beagles?|husk(?:y|ies)"
    ),
    home: "land",
    size: 0.68,
    reach: 48,
    draw: dog,
    head: dogHead
  },
  hare: {
    words: words("hares?|rabbits?|bunn(?:y|ies)"),
    home: "land",
    size: 0.52,
    reach: 38,
    draw: hare,
    head: hareHead
  },
  owl: { words: words("(?:(?:snowy|barn) )?owls?|owlets?"), home: "land", size: 0.46, reach: 38, draw: owl },
  bird: {
    words: words(
      "birds?(?!['’]?s?[ -]eye)|songbirds?|seagulls?|gulls?|robins?|sparrows?",
      "parrots?|macaws?|canary|canaries|crows?|ravens?|eagles?|hawks?",
      "falcons?|wrens?|(?:blue|hummingb?)birds?"
    ),
    home: "land",
    size: 0.4,
    reach: 56,
    draw: standingBird,
    flying: flyingBird,
    perched: perchedBird
  },
  fish: {
    words: words("fish|fishes|goldfish|clownfish|koi|tropical fish"),
    home: "under water",
    size: 0.5,
    reach: 62,
    draw: fishBowl,
    flying: fish
  },
  person: {
    words: words(
      "(?:(?:old|young|elderly) )?(?:person|people|human|m[ae]n|wom[ae]n|boys?|girls?|lady|ladies|guys?)",
      "child(?:ren)?|kids?|grandmother|grandfather|king|queen|farmers?|artists?|scientists?|teachers?",
      "selfies?|portraits?|headshots?"
    ),
    home: "land",
    size: 1,
    reach: 26,
    draw: person,
    head: personHead
  },
  astronaut: {
    words: words("astronauts?|cosmonauts?|space ?m[ae]n|space ?wom[ae]n|space ?walk(?:er|ing)?"),
    home: "space",
    size: 1,
    reach: 48,
    draw: (pen) => suit(pen, {})
  },
  robot: {
    words: words("robots?|androids?|droids?|cyborgs?|mechs?"),
    home: "land",
    size: 0.95,
    reach: 48,
    draw: robot,
    head: robotHead
  },
  car: {
    words: words("cars?|automobiles?|taxis?|cabs?|sedans?|hatchbacks?"),
    home: "land",
    size: 0.62,
    reach: 96,
    draw: car
  },
  paperPlane: {
    words: words("(?:paper|origami) (?:air|aero)?planes?"),
    home: "land",
    size: 0.6,
    reach: 88,
    draw: paperPlane
  },
  house: {
    words: words("houses?(?! (?:cat|plant)s?)|cottages?|cabins?|huts?|barns?|farmhouses?|villas?|bungalows?"),
    home: "land",
    size: 1.9,
    reach: 58,
    draw: house
  },
  castle: { words: words("castles?|fortress(?:es)?|citadels?"), home: "land", size: 2.3, reach: 62, draw: castle },
  tree: {
    words: words(
      "(?:(?:apple|cherry|maple|oak|pine|fir|palm|christmas) )?trees?",
      "oaks?|maples?|cherry blossoms?|sakura"
    ),
    home: "land",
    size: 2,
    reach: 48,
    draw: tree
  },
  flower: {
    words: words(
      "flowers?|wildflowers?|sunflowers?|roses?(?! gold)|tulips?|dais(?:y|ies)",
      "popp(?:y|ies)|blossoms?|bouquets?"
    ),
    home: "land",
    size: 0.5,
    reach: 32,
    draw: flower
  },
  paperBoat: {
    words: words("(?:paper|origami) (?:boat|ship)s?"),
    home: "water",
    size: 0.6,
    reach: 90,
    draw: paperBoat
  },
  boat: {
    words: words("(?:sail|row)?boats?|sailing (?:boat|ship)s?|yachts?|dingh(?:y|ies)|regatta"),
    home: "water",
    size: 1.3,
    reach: 48,
    draw: sailingBoat
  },
  ship: {
    words: words("(?<!space[ -]?)ships?|steamers?|steamships?|ferry|ferries|(?:ocean |cruise )liners?"),
    home: "water",
    size: 1.3,
    reach: 94,
    draw: ship
  },
  cake: { words: words("(?:birthday )?cakes?|cupcakes?|dessert"), home: "table", size: 0.3, reach: 66, draw: cake },
  apple: { words: words("apples?(?! tree)"), home: "table", size: 0.16, reach: 48, draw: apple },
  cup: {
    words: words("(?:cups? of )?(?:coffee|tea|espresso|cappuccino|latte)|cups?|mugs?"),
    home: "table",
    size: 0.18,
    reach: 60,
    draw: cup
  },
  bowl: {
    words: words("(?:bowls? of )?(?:ramen|noodles?|soup|udon|pho)|bowls?|food|meal|dinner|lunch|breakfast"),
    home: "table",
    size: 0.22,
    reach: 66,
    draw: bowl
  },
  city: {
    words: words(
      "city|cities|cityscapes?|towns?|skylines?|skyscrapers?|downtown",
      "metropolis|urban|manhattan|streets?|buildings?"
    ),
    home: "backdrop",
    size: 1,
    reach: 0,
    draw: nothing
  },
  mountain: {
    words: words("mountains?|mount|peaks?|summits?|volcano(?:es)?"),
    home: "backdrop",
    size: 1,
    reach: 0,
    draw: nothing
  }
} satisfies Readonly<Record<string, Subject>>

export type Name = keyof typeof subjects
