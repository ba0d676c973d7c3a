import Testing

import Evaluating

@Suite struct RunLengthsTests {
  /// What pycocotools 2.0.8 makes of a mask of 3 rows and 4 columns whose counts are 1, 2, 3, 2, 4.
  @Test func `the text that COCO's tools write is the counts`() throws {
    let counts = try #require(RunLengths(width: 4, height: 3, counts: [1, 2, 3, 2, 4]))
    let text = try #require(RunLengths(width: 4, height: 3, text: "12301"))
    #expect(text.counts == counts.counts)
  }

  /// A rectangle, and a pixel beside it, in 70 rows and 90 columns, as pycocotools writes them.
  @Test func `counts of many digits, and steps back, are read`() throws {
    let text = "g61ZU1m0nkN" + String(repeating: "0", count: 77) + "ZQ2"
    let mask = try #require(RunLengths(width: 90, height: 70, text: text))
    let expected = (0..<70 * 90).map { pixel in
      let (row, column) = (pixel / 90, pixel % 90)
      return (10..<40).contains(row) && (20..<60).contains(column) || row == 5 && column == 3
    }
    #expect(mask.pixels == expected)
  }

  @Test func `pixels are counted column by column, the first ones outside`() throws {
    let mask = try #require(RunLengths(width: 4, height: 3, counts: [1, 2, 3, 2, 4]))
    let expected = [
      [false, false, true, false],
      [true, false, true, false],
      [true, false, false, false],
    ]
    #expect(mask.pixels == expected.flatMap { $0 })
  }

  @Test(arguments: ["", "1", "~~", "123016"]) func `what does not fill the mask is none`(text: String) {
    #expect(RunLengths(width: 4, height: 3, text: text) == nil)
  }

  @Test func `an impossible size is none`() {
    #expect(RunLengths(width: .max, height: 3, counts: [1]) == nil)
    #expect(RunLengths(width: 2, height: 2, counts: [-1, 5]) == nil)
  }
}
