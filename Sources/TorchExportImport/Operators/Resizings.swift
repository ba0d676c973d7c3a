import GraphEngine
import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Images of another size: a weighting of each axis by itself (`aten/src/ATen/native/UpSample.h`).
extension OperatorTable {
  static let resizing: [String: Lower] = {
    var table: [String: Lower] = [:]
    for axes in ["1d", "2d", "3d"] {
      table["upsample_nearest" + axes] = one(resized(.nearest))
      table["_upsample_nearest_exact" + axes] = one(resized(.nearestExact))
    }
    table["upsample_linear1d"] = one(resized(.linear))
    table["upsample_bilinear2d"] = one(resized(.linear))
    table["upsample_trilinear3d"] = one(resized(.linear))
    table["upsample_bicubic2d"] = one(resized(.cubic))
    table["_upsample_bilinear2d_aa"] = one(resized(.antialiasedLinear))
    table["_upsample_bicubic2d_aa"] = one(resized(.antialiasedCubic))
    for name in ["grid_sampler", "grid_sampler_2d"] { table[name] = one(gridSample) }
    return table
  }()

  private enum Filter { case nearest, nearestExact, linear, cubic, antialiasedLinear, antialiasedCubic }

  private static func resized(_ filter: Filter) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let x = call["self"].isNone ? try call.tensor("input") : try call.tensor()
      let rank = x.shape.count - 2
      guard rank >= 1 else { throw call.malformed("\(spelled(x.shape)) is no image") }
      var scales: [Float?] = Array(repeating: nil, count: rank)
      if case .list(let list) = call["scale_factors"], list.count == rank {
        scales = list.map { $0.number.map { Float($0) } }
      } else {
        let names =
          rank == 1 ? ["scales"] : rank == 2 ? ["scales_h", "scales_w"] : ["scales_d", "scales_h", "scales_w"]
        scales = names.map { call[$0].number.map { Float($0) } }
      }
      var sizes = try call.integers("output_size", [])
      if sizes.isEmpty {
        sizes = zip(scales, x.shape[2...]).map { Int((Double($0 ?? 1) * Double($1)).rounded(.down)) }
      }
      guard sizes.count == rank, sizes.allSatisfy({ (1...(1 << 16)).contains($0) }) else {
        throw call.malformed("its size makes no sense")
      }
      let alignsCorners = try call.truth("align_corners")
      var axes: [Resize.Axis] = []
      for axis in 0..<rank {
        let (extent, count) = (x.shape[axis + 2], sizes[axis])
        let scale: Double
        if alignsCorners, filter != .nearest, filter != .nearestExact {
          scale = count > 1 ? Double(extent - 1) / Double(count - 1) : 0
        } else {
          // The scale that the caller gave comes before what the extents make of it.
          scale = scales[axis].map { 1 / Double($0) } ?? Double(extent) / Double(count)
        }
        if extent == count, scale == 1 { continue }
        let rows = (0..<count).map { terms(at: $0, scale, extent, filter, alignsCorners: alignsCorners) }
        axes.append(Resize.Axis(axis + 2, try graph.interpolation(rows, extent, for: call)))
      }
      return axes.isEmpty ? x : try graph.add(Resize(axes), [x], for: call)
    }
  }

  /// Which positions a new one is made of.
  private static func terms(
    at index: Int, _ scale: Double, _ extent: Int, _ filter: Filter, alignsCorners: Bool
  ) -> [Interpolation.Term] {
    func inside(_ position: Int) -> Int { min(max(position, 0), extent - 1) }
    switch filter {
    case .nearest: return [Interpolation.Term(inside(Int((Double(index) * scale).rounded(.down))), 1)]
    case .nearestExact: return [Interpolation.Term(inside(Int(((Double(index) + 0.5) * scale).rounded(.down))), 1)]
    case .linear:
      let place = alignsCorners ? Double(index) * scale : max(0, (Double(index) + 0.5) * scale - 0.5)
      let first = inside(Int(place))
      let share = Float(place - Double(first))
      if share == 0 || first == extent - 1 { return [Interpolation.Term(first, 1)] }
      return [Interpolation.Term(first, 1 - share), Interpolation.Term(first + 1, share)]
    case .cubic:
      let place = alignsCorners ? Double(index) * scale : (Double(index) + 0.5) * scale - 0.5
      let first = Int(place.rounded(.down))
      let share = place - Double(first)
      return merged((-1...2).map { (inside(first + $0), Float(cubic(share - Double($0), -0.75))) })
    case .antialiasedLinear, .antialiasedCubic:
      let isCubic = filter == .antialiasedCubic
      let widening = max(scale, 1), support = (isCubic ? 2 : 1) * widening
      let center = alignsCorners ? Double(index) * scale + 0.5 : (Double(index) + 0.5) * scale
      let first = max(0, Int((center - support + 0.5).rounded(.towardZero)))
      let end = min(extent, Int((center + support + 0.5).rounded(.towardZero)))
      guard first < end else { return [Interpolation.Term(inside(first), 1)] }
      let weights = (first..<end).map { position -> Double in
        let distance = (Double(position) - center + 0.5) / widening
        return isCubic ? cubic(distance, -0.5) : max(0, 1 - abs(distance))
      }
      let sum = weights.reduce(0, +)
      return zip(first..<end, weights).map { Interpolation.Term($0, Float($1 / sum)) }
    }
  }

  /// Positions at the border, which are taken several times, as one.
  private static func merged(_ terms: [(position: Int, weight: Float)]) -> [Interpolation.Term] {
    var weights: [Int: Float] = [:]
    for term in terms { weights[term.position, default: 0] += term.weight }
    return weights.sorted { $0.key < $1.key }.map { Interpolation.Term($0.key, $0.value) }
  }

  /// Keys' cubic of parameter `a` (IEEE Transactions on Acoustics, Speech and Signal Processing 1981).
  private static func cubic(_ distance: Double, _ a: Double) -> Double {
    let x = abs(distance)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }

  private static func gridSample(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let modes: [GridSample.Mode] = [.linear, .nearest, .cubic]
    let paddings: [GridSample.Padding] = [.zeros, .border, .reflection]
    let (mode, padding) = (try call.integer("interpolation_mode", 0), try call.integer("padding_mode", 0))
    guard modes.indices.contains(mode), paddings.indices.contains(padding) else {
      throw call.malformed("its mode or padding is not known")
    }
    let op = GridSample(modes[mode], padding: paddings[padding], alignsCorners: try call.truth("align_corners"))
    return try graph.add(op, [try call.tensor("input"), try call.tensor("grid")], for: call)
  }
}
