/// A mask as COCO writes it: how many pixels outside, then inside, then outside again …, column by column.
package struct RunLengths: Sendable {
  let width: Int, height: Int
  package let counts: [Int]

  /// `nil` where the counts are not those of a mask of this size.
  package init?(width: Int, height: Int, counts: [Int]) {
    guard (1...1 << 20).contains(width), (1...1 << 20).contains(height),
      counts.allSatisfy({ $0 >= 0 && $0 <= width * height }),
      counts.reduce(0, +) == width * height
    else { return nil }
    (self.width, self.height, self.counts) = (width, height, counts)
  }

  /// Reads the text that `pycocotools` makes of counts: five bits a letter from `0` on, the sixth says that more follow;
  /// from the third on, each count is written as its difference from the one before the last.
  package init?(width: Int, height: Int, text: String) {
    var counts: [Int] = [], letters = text.utf8.map { Int($0) - 48 }[...]
    while !letters.isEmpty {
      var (number, shift, goesOn) = (0, 0, true)
      while goesOn {
        guard let letter = letters.popFirst(), (0..<64).contains(letter), shift < 60 else { return nil }
        number |= (letter & 31) << shift
        shift += 5
        goesOn = letter & 32 != 0
        if !goesOn, letter & 16 != 0 { number |= -1 << shift }
      }
      counts.append(counts.count > 2 ? number &+ counts[counts.count - 2] : number)
    }
    self.init(width: width, height: height, counts: counts)
  }

  /// For each pixel, row by row.
  package var pixels: [Bool] {
    var inside = [Bool](repeating: false, count: width * height), place = 0
    for (index, count) in counts.enumerated() {
      if index % 2 == 1 {
        for pixel in place..<place + count { inside[pixel % height * width + pixel / height] = true }
      }
      place += count
    }
    return inside
  }
}
