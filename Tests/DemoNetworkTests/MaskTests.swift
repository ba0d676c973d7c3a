import DemoNetwork
import Images
import Testing

@Suite struct MaskTests {
  @Test(arguments: ObjectKind.allCases)
  func `painting an object changes its mask, its edge and its shadow, and nothing else`(kind: ObjectKind) {
    let side = 96
    for seed in 40..<46 as Range<UInt64> {
      let empty = Scene(kinds: [], seed: seed, side: side).raster.samples
      let scene = Scene(kinds: [kind], seed: seed, side: side)
      let mask = scene.objects[0].mask
      let changed = (0..<(side * side)).map {
        empty[(3 * $0)..<(3 * $0 + 3)] != scene.raster.samples[(3 * $0)..<(3 * $0 + 3)]
      }
      let covered = mask.indices.filter { mask[$0] }
      #expect(Double(covered.count { changed[$0] }) > 0.98 * Double(covered.count))
      // The shadow reaches a quarter of the radius beyond the object, whose radius is at most 0.38 of the side.
      let reach = Int(0.25 * 0.38 * Double(side)) + 2
      let xs = covered.map { $0 % side }
      let ys = covered.map { $0 / side }
      for pixel in mask.indices where changed[pixel] {
        #expect(((xs.min()! - reach)...(xs.max()! + reach)).contains(pixel % side))
        #expect(((ys.min()! - reach)...(ys.max()! + reach)).contains(pixel / side))
      }
    }
  }

  @Test(arguments: ObjectKind.allCases)
  func `a mask holds the pixels that the object covers by half`(kind: ObjectKind) {
    let (side, fine) = (112, 4)
    let coarse = Scene(kinds: [kind], seed: 5, side: side).objects[0].mask
    let detailed = Scene(kinds: [kind], seed: 5, side: side * fine).objects[0].mask
    var wrong = 0
    for y in 0..<side {
      for x in 0..<side {
        var inside = 0
        for v in 0..<fine {
          for u in 0..<fine where detailed[(y * fine + v) * side * fine + x * fine + u] { inside += 1 }
        }
        let coverage = Double(inside) / Double(fine * fine)
        if coarse[y * side + x] ? coverage < 0.4 : coverage > 0.6 { wrong += 1 }
      }
    }
    // Where a thin line or a sharp corner shares a pixel with two edges, one distance cannot tell the coverage.
    #expect(wrong <= coarse.count { $0 } / 100, "\(wrong) pixels of \(kind)")
  }

  @Test func `the objects of a pair stand apart`() {
    for seed in 0..<60 as Range<UInt64> {
      let scene = Scene(pair: true, seed: seed, side: 80)
      #expect(scene.objects.count == 2)
      #expect(!zip(scene.objects[0].mask, scene.objects[1].mask).contains { $0 && $1 })
      for object in scene.objects { #expect(object.mask.count { $0 } > 80 * 80 / 60) }
    }
  }
}
