import Foundation
import Images
import Rendering
import Tensors
import Testing

@Suite struct ColorMapTests {
  /// First, middle (entry 128 of 256) and last colour as published: van der Walt and Smith 2015, Mikhailov 2019.
  @Test(arguments: [
    (ColorMap.viridis, [68, 1, 84], [33, 145, 140], [253, 231, 37]),
    (ColorMap.inferno, [0, 0, 4], [188, 55, 84], [252, 255, 164]),
    (ColorMap.turbo, [48, 18, 59], [164, 252, 60], [122, 4, 3]),
    (ColorMap.jet, [0, 0, 128], [130, 255, 126], [128, 0, 0]),
    (ColorMap.gray, [0, 0, 0], [128, 128, 128], [255, 255, 255]),
  ])
  func `published colours are met within two levels`(map: ColorMap, first: [Int], middle: [Int], last: [Int]) {
    for (value, expected) in [(0, first), (Float(128) / 255, middle), (1, last)] {
      for (ours, theirs) in zip(rgb(map[value]), expected) {
        #expect(abs(ours - theirs) <= 2, "\(map.name) at \(value): \(rgb(map[value])), published \(expected)")
      }
    }
  }

  @Test(arguments: [ColorMap.viridis, .inferno, .gray])
  func `lightness rises all the way`(map: ColorMap) {
    let values = (0..<256).map { lightness(map[Float($0) / 255]) }
    // A level of rounding in one channel may cost a little.
    for i in 1..<256 { #expect(values[i] > values[i - 1] - 0.15, "\(map.name) darkens at entry \(i)") }
    #expect(values[255] - values[0] > 70)
  }

  @Test func `the diverging map is white in the middle and as dark on either side`() {
    let map = ColorMap.diverging
    let middle = rgb(map[0.5])
    #expect(middle.allSatisfy { $0 >= 245 })
    for i in 0..<128 {
      let (below, above) = (lightness(map[Float(i) / 255]), lightness(map[Float(255 - i) / 255]))
      #expect(abs(below - above) < 4, "entry \(i): \(below) and \(above)")
    }
    let (lowest, highest) = (rgb(map[0]), rgb(map[1]))
    #expect(lowest[2] > lowest[0] + 100 && highest[0] > highest[2] + 100)
    #expect(map.isDiverging)
  }

  @Test func `values beyond the ends are clamped`() {
    #expect(rgb(ColorMap.viridis[-3]) == rgb(ColorMap.viridis[0]))
    #expect(rgb(ColorMap.viridis[7]) == rgb(ColorMap.viridis[1]))
    #expect(rgb(ColorMap.viridis[.infinity]) == rgb(ColorMap.viridis[1]))
    #expect(rgb(ColorMap.viridis[.nan]) == rgb(ColorMap.viridis[0]))
  }

  @Test func `every listed name finds its map, whatever its capitals`() {
    #expect(ColorMap.allNames.prefix(5) == ["viridis", "turbo", "inferno", "jet", "diverging"])
    for map in ColorMap.all { #expect(ColorMap.named(map.name.uppercased()) == map) }
    #expect(ColorMap.named("rainbow") == nil)
  }

  @Test func `reversing turns the ends round`() {
    let map = ColorMap.inferno.reversed
    for i in 0..<256 { #expect(rgb(map[Float(i) / 255]) == rgb(ColorMap.inferno[Float(255 - i) / 255])) }
  }

  @Test func `a map is coloured value by value, and diverging maps have zero in their middle`() {
    let map = Tensor([0, 1, .nan, 0.5], shape: [2, 2])
    let picture = ColorMap.gray.raster(of: map, unseen: (1, 2, 3))
    #expect(picture.samples == [0, 0, 0, 255, 255, 255, 1, 2, 3, 128, 128, 128])
    let signed = ColorMap.diverging.raster(of: Tensor([-1, 0, 1], shape: [1, 3]))
    #expect(rgb(signed[0, 0]) == rgb(ColorMap.diverging[0]))
    #expect(rgb(signed[1, 0]) == rgb(ColorMap.diverging[0.5]))
    #expect(rgb(signed[2, 0]) == rgb(ColorMap.diverging[1]))
  }
}

func rgb(_ color: (UInt8, UInt8, UInt8)) -> [Int] { [Int(color.0), Int(color.1), Int(color.2)] }

/// CIE lightness, 0…100.
func lightness(_ color: (UInt8, UInt8, UInt8)) -> Double {
  let linear = rgb(color).map { sample in
    let value = Double(sample) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
  let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  return luminance > 216.0 / 24389 ? 116 * cbrt(luminance) - 16 : luminance * 24389 / 27
}
