import Tensors

/// Regions taken one after another, always the one whose new pixels have the greatest mean.
struct RegionRanking {
  /// At each pixel the mean of what the region that first covered it added, in the shape of the pixels' values.
  let map: Tensor

  /// - Parameters:
  ///   - regions: the pixels of each.
  ///   - values: at each pixel, `[height, width]`.
  ///   - least: a region that would add fewer pixels is passed over.
  init(of regions: [[Int32]], over values: Tensor, least: Int? = nil) {
    let count = values.scalars.count, least = least ?? max(1, count * 50 / (224 * 224))
    var owners = [[Int32]](repeating: [], count: count)
    for (index, region) in regions.enumerated() { for pixel in region { owners[Int(pixel)].append(Int32(index)) } }
    // What each region would still add: kept up to date, so that each pixel is counted once for each region it is in.
    var sums = regions.map { region in region.reduce(0.0) { $0 + Double(values.scalars[Int($1)]) } }
    var sizes = regions.map(\.count)
    var isCovered = [Bool](repeating: false, count: count)
    var map = values
    func cover(_ pixels: [Int32]) {
      let mean = Float(pixels.reduce(0.0) { $0 + Double(values.scalars[Int($1)]) } / Double(max(1, pixels.count)))
      for pixel in pixels {
        map[Int(pixel)] = mean
        isCovered[Int(pixel)] = true
        for owner in owners[Int(pixel)] {
          sums[Int(owner)] -= Double(values.scalars[Int(pixel)])
          sizes[Int(owner)] -= 1
        }
      }
    }
    func best() -> Int? {
      regions.indices.filter { sizes[$0] >= least }
        .max { (sums[$0] / Double(sizes[$0]), -$0) < (sums[$1] / Double(sizes[$1]), -$1) }
    }
    while let next = best() { cover(regions[next].filter { !isCovered[Int($0)] }) }
    // What no region added.
    cover((0..<Int32(count)).filter { !isCovered[Int($0)] })
    self.map = map
  }
}
