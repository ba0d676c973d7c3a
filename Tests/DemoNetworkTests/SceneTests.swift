import DemoNetwork
import Images
import Testing

@Suite struct SceneTests {
  @Test func `a scene is the same every time, to the byte`() {
    let scene = Scene(kinds: [.butterfly, .cup], seed: 7, side: 64)
    #expect(scene.raster == Scene(kinds: [.butterfly, .cup], seed: 7, side: 64).raster)
    #expect(scene.objects == Scene(kinds: [.butterfly, .cup], seed: 7, side: 64).objects)
  }

  /// The sums were written down when the network was trained: they must hold on every platform, and whoever changes a
  /// drawing must train anew.
  @Test func `the drawings are those on which the network was trained`() {
    var sums: [String: String] = [:]
    for kind in ObjectKind.allCases {
      let bytes = (0..<8).flatMap { Scene(kinds: [kind], seed: UInt64($0), side: 48).raster.samples }
      sums[kind.name] = String(checksum(bytes), radix: 16)
    }
    #expect(sums == trainedSums)
  }

  @Test func `another seed gives another picture, and another kind another object at the same place`() {
    let star = Scene(kinds: [.star], seed: 1, side: 48)
    #expect(star.raster != Scene(kinds: [.star], seed: 2, side: 48).raster)
    let cup = Scene(kinds: [.cup], seed: 1, side: 48)
    #expect(star.raster != cup.raster)
    #expect(star.raster.samples.prefix(3) == cup.raster.samples.prefix(3), "the background stays")
  }

  @Test(arguments: ObjectKind.allCases)
  func `every kind fills a sensible part of the picture`(kind: ObjectKind) {
    for seed in 0..<20 as Range<UInt64> {
      let scene = Scene(kinds: [kind], seed: seed, side: 64)
      let share = Double(scene.objects[0].mask.count { $0 }) / (64 * 64)
      #expect((0.03...0.4).contains(share), "\(kind) of seed \(seed) covers \(share)")
    }
  }

  @Test func `the picture keeps its composition at another size`() {
    for kind in ObjectKind.allCases {
      let small = Scene(kinds: [kind], seed: 11, side: 56).objects[0].mask.count { $0 }
      let large = Scene(kinds: [kind], seed: 11, side: 224).objects[0].mask.count { $0 }
      #expect(abs(Double(large) / Double(16 * small) - 1) < 0.05)
    }
  }

  @Test func `training scenes hold each kind about equally often, and pairs two different kinds`() {
    var counts: [ObjectKind: Int] = [:]
    for seed in 0..<2400 as Range<UInt64> {
      counts[Scene(pair: false, seed: seed, side: 1).objects[0].kind, default: 0] += 1
    }
    #expect(counts.count == ObjectKind.allCases.count)
    #expect(counts.values.allSatisfy { (140...260).contains($0) })
    for seed in 0..<200 as Range<UInt64> {
      #expect(Set(Scene(pair: true, seed: seed, side: 1).objects.map(\.kind)).count == 2)
    }
  }

  /// Fowler, Noll and Vo's FNV-1a.
  private func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

private let trainedSums = [
  "butterfly": "f7aabe63e43d41a1",
  "cup": "7d396a037916e51c",
  "fish": "2648891f8d0d37ff",
  "flower": "dad9ba7d4193b0db",
  "heart": "9c8b7dc5d639f504",
  "house": "3711f2c677d749c6",
  "moon": "2772ca0b55b97010",
  "mushroom": "40ec94dd9af46ccb",
  "rocket": "50b14f152f3693b6",
  "sailboat": "5d1323b7aca7a6ba",
  "star": "6724fe4b1d31fd8b",
  "umbrella": "15ef0c58ba7497bf",
]
