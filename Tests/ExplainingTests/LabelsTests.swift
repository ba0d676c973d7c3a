import AttributionKit
import Explaining
import Foundation
import Testing
import TestSupport

/// What classes are called, and which one a text means.
@Suite struct LabelsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func names(_ text: String) throws -> [String] {
    try Labels(file: folder.write(text, to: "names.txt")).names
  }

  @Test(arguments: [
    ("cat\ndog\n", ["cat", "dog"]), ("cat\r\ndog\r\n\r\n", ["cat", "dog"]), ("\u{FEFF}cat\n dog ", ["cat", "dog"]),
    ("n01440764 tench, Tinca tinca\nn01443537 goldfish", ["tench, Tinca tinca", "goldfish"]),
    ("0 cat\n1 dog", ["cat", "dog"]), ("1: cat\n2: dog\n3: fox", ["cat", "dog", "fox"]),
    // Numbers that do not count up belong to the names.
    ("3 blind mice\n7 dwarfs", ["3 blind mice", "7 dwarfs"]), ("0 cat\n1 dog\n3 fox", ["0 cat", "1 dog", "3 fox"]),
    ("1 cat", ["1 cat"]), ("cat\n\ndog", ["cat", "", "dog"]),
  ]) func `a file has a name on each line, without numbers and identifiers`(text: String, expected: [String]) throws {
    #expect(try names(text) == expected)
  }

  @Test func `a file without names, or none, is refused by whose fault it is`() throws {
    #expect(refusal { try names("\n\n") }?.fault == .data)
    #expect(refusal { try Labels(file: folder.path("none.txt")) }?.fault == .missingInput)
    #expect(refusal { try Labels(file: folder.url.path) }?.description.contains("is a folder") == true)
  }

  @Test func `as many names as logits fit, and ImageNet's with the background and without`() throws {
    let thousand = Labels((0..<1000).map { "class \($0)" })
    let (same, silence) = try thousand.matching(1000, from: "names.txt")
    #expect(same == thousand && silence == nil)
    let (more, note) = try thousand.matching(1001, from: "names.txt")
    #expect(more.names.prefix(2) == ["background", "class 0"] && more.names.count == 1001)
    #expect(note?.sentence == "1001 outputs for the 1000 names of names.txt: taking the first for the background")
    let (fewer, other) = try Labels(["background"] + thousand.names).matching(1000, from: "names.txt")
    #expect(fewer == thousand && other?.sentence.contains("leaving out the first, 'background'") == true)
    let (sides, binary) = try Labels(["cat", "dog"]).matching(1, from: "names.txt")
    #expect(sides.names == ["cat", "dog"] && binary?.sentence.contains("against 'cat' and for 'dog'") == true)
    for heading in ["label", "Class Name", "# classes of 2019"] {
      let (rest, note) = try Labels([heading, "cat", "dog"]).matching(2, from: "names.txt")
      #expect(rest.names == ["cat", "dog"] && note?.sentence.contains("'\(heading)', for a heading") == true)
    }
    #expect(refusal { try Labels(["fox", "cat", "dog"]).matching(2, from: "names.txt") } != nil)
    for (names, count, words) in [(["a", "b"], 3, "has 3"), (["a", "b", "c"], 1, "one logit")] {
      let error = refusal { try Labels(names).matching(count, from: "names.txt") }
      #expect(error?.fault == .data && error?.description.contains(words) == true)
    }
  }

  static let animals = Labels([
    "tabby, tabby cat", "tiger cat", "Egyptian cat", "cat", "tiger, Panthera tigris", "terrier", "Bedlington terrier",
    "Boston bull, Boston terrier", "catamaran", "bull mastiff", "boxer", "zebra", "house", "housing",
  ])

  @Test(arguments: [
    ("cat", 3), ("CAT", 3), ("tabby cat", 0), ("tabby", 0), ("tiger", 4), ("Panthera", 4), ("egyptian", 2),
    ("terrier", 5), ("Boston terrier", 7), ("amaran", 8), ("mastiff", 9), ("house", 12), ("housin", 13),
  ]) func `a whole name goes before a synonym, that before whole words, those before any part`(
    text: String, index: Int
  ) throws {
    #expect(try Self.animals.index(of: text) == index)
  }

  @Test func `what several names have is refused with all of them, and a slip with the nearest`() {
    let several = refusal { try Self.animals.index(of: "bull") }
    #expect(several?.description.contains("7 Boston bull, Boston terrier; 9 bull mastiff") == true)
    #expect(several?.description.hasSuffix("give its number") == true && several?.fault == .data)
    let slip = refusal { try Self.animals.index(of: "boxxer") }
    #expect(slip?.description == "no class is called 'boxxer'; did you mean 'boxer' (10)?" && slip?.setting == nil)
    let stranger = refusal { try Self.animals.index(of: "refrigerator") }
    #expect(stranger?.description == "no class is called 'refrigerator'" && stranger?.setting == .target)
    let few = refusal { try Labels(["cat", "dog"]).index(of: "fox") }
    #expect(few?.description == "no class is called 'fox'; the classes are cat, dog")
  }

  @Test func `classes are chosen by number or name`() throws {
    let named = ClassNames(labels: Labels(["cat", "dog", "7"]), count: 3)
    #expect(try named.choice(named: "2").index == 2 && named.choice(named: "Dog").index == 1)
    #expect(named.choices.map(\.index) == [0, 1, 2] && !named.isBinary && named.side(of: Choice(index: 1)) == nil)
    #expect(refusal { try named.choice(named: "3") }?.description.contains("has 3, numbered from 0 to 2") == true)
    let nameless = ClassNames(labels: nil, count: 3)
    #expect(nameless.name(of: Choice(index: 2)) == "class 2" && nameless.label(of: Choice(index: 2)) == nil)
    let error = refusal { try nameless.choice(named: "dog") }
    #expect(error?.setting == .labels && error?.fault == .data)
  }

  @Test func `a single logit has two sides, by one name or two`() throws {
    let nameless = ClassNames(labels: nil, count: 1)
    #expect(try nameless.choice(named: "Negative") == .negative && nameless.choice(named: "0") == .positive)
    #expect(nameless.choices.map(nameless.name) == ["positive", "negative"])
    #expect(refusal { try nameless.choice(named: "1") }?.description.contains("'positive' and 'negative'") == true)
    #expect(refusal { try nameless.choice(named: "dog") }?.setting == .labels)
    let one = ClassNames(labels: Labels(["dog"]), count: 1)
    #expect(one.choices.map(one.name) == ["dog", "not dog"])
    #expect(try one.choice(named: "not dog") == .negative && one.choice(named: "dog") == .positive)
    let two = ClassNames(labels: Labels(["cat", "dog"]), count: 1)
    #expect(two.choices.map(two.name) == ["dog", "cat"])
    #expect(try two.choice(named: "cat") == .negative && two.side(of: .negative) == "negative")
  }

  @Test func `what steers a terminal is shown rather than obeyed`() throws {
    #expect(try names("\u{1B}[31mcat\ndog") == ["␛[31mcat", "dog"])
    #expect(try names("[\"a\\nb\", \"c\"]") == ["a␊b", "c"])
    #expect(Labels(["\u{202E}tac", "\u{9B}31m", "\u{7F}"]).names == ["\u{FFFD}tac", "\u{FFFD}31m", "␡"])
    // Letters of any script stay, and marks that only lie between them.
    for name in ["虎", "גור", "می\u{200C}خواهم", "cafe\u{301}", "👩\u{200D}🔬"] { #expect(name.printable == name) }
    #expect("a\n\tb\u{1B}".printableLines == "a\n\tb␛" && "a\tb".printable == "a␉b")
  }

  @Test func `one line for several classes is parted`() throws {
    let (labels, note) = try Labels(["cat, dog, fox"]).matching(3, from: "names.txt")
    #expect(labels.names == ["cat", "dog", "fox"] && note?.sentence.contains("taken for 3 names") == true)
    #expect(try Labels(["cat, domestic"]).matching(1, from: "names.txt").labels.names == ["cat, domestic"])
    #expect(refusal { try Labels(["cat, dog"]).matching(3, from: "names.txt") } != nil)
  }

  @Test func `names that are those of another list than the file's own are told`() {
    let own = Labels(["tabby, tabby cat", "pug_dog", "owl"])
    for given in [["tabby", "pug dog", "Owl"], ["tabby cat", "pug-dog", "barn owl"]] {
      #expect(Labels(given).contradiction(of: own, from: "names.txt") == nil)
    }
    let turned = Labels(["owl", "pug dog", "tabby"]).contradiction(of: own, from: "names.txt")
    #expect(
      turned?.sentence
        == "class 0 is in the network's own file 'tabby, tabby cat' and in names.txt 'owl', and 1 more differ: "
        + "names.txt is followed")
    #expect(Labels(["Katze", "Hund", "Eule"]).contradiction(of: own, from: "names.txt") != nil)
    // One name in many that is spelled otherwise is no other list, and identifiers are no names.
    let many = (0..<20).map { "kind \($0 * 7 + 11)" }
    #expect(Labels(["other"] + many.dropFirst()).contradiction(of: Labels(many), from: "names.txt") == nil)
    #expect(Labels(many).contradiction(of: Labels((0..<20).map { "n0144000\($0)" }), from: "names.txt") == nil)
  }
}
