import AttributionKit
import GraphEngine
import Kernels

/// A block of attention as the kit sees it, and the values of the network that belong to it.
struct FoundAttention {
  var block: AttentionBlock
  /// The value that the softmax computes.
  let weights: String
  /// What is weighed.
  let values: String
  /// The weighed sums.
  let product: String
  /// The steps from the weighed sums to the projection behind them, in order.
  var projection: [PlannedStep]?

  /// `nil` where the places of the keys are unknown.
  init?(_ weighing: Weighing, in plan: Plan, _ regions: ImageRegions, _ reach: Reach) {
    (weights, values, product) = (weighing.weights, weighing.values, weighing.product)
    let shape = plan.shape(of: weights) ?? [], valueShape = plan.shape(of: values) ?? []
    let rows = regions.map(of: weights), columns = regions.map(of: values)
    let (queryCount, keyCount) = (shape[shape.count - 2], shape[shape.count - 1])
    guard valueShape.count >= 2, valueShape[valueShape.count - 2] == keyCount, columns.extents.last == 1,
      let axes = LeadingAxes(of: shape, rows, of: valueShape, columns),
      let keys = TokenGrid(columns.tokens(in: axes.windows(of: columns, valueShape), keyCount), count: keyCount)
    else { return nil }
    // Where queries have no places, as a class token by itself has none, weights have those of the keys.
    let queries =
      rows.extents.last == 1
      ? TokenGrid(rows.tokens(in: axes.windows(of: rows, shape), queryCount), count: queryCount) : nil
    block = AttentionBlock(
      weights: Layer(weights, shape: plan.imageShape(of: weights), operatorName: "Softmax", isSpatial: false),
      windows: axes.windowCount, heads: axes.headCount, queries: queries, keys: keys,
      readout: reach.rows(windows: axes.windowCount, heads: axes.headCount, queries: queryCount, keys: keyCount))
  }
}

/// The axes of attention in front of queries and keys: windows, whose places differ, and then heads, whose places do not.
private struct LeadingAxes {
  let windowCount: Int
  let headCount: Int
  private let windowAxes: [Int]

  /// `nil` where they come in another order, or weights and values do not have them alike.
  init?(of shape: [Int], _ rows: RegionMap, of valueShape: [Int], _ columns: RegionMap) {
    let leading = shape.dropLast(2)
    let isWindow = { (map: RegionMap, axis: Int) in map.extents[axis] > 1 }
    if columns.extents.dropLast(2).allSatisfy({ $0 == 1 }), rows.extents.dropLast(2).allSatisfy({ $0 == 1 }) {
      (windowCount, headCount, windowAxes) = (1, leading.reduce(1, *), [])
      return
    }
    guard valueShape.dropLast(2) == leading else { return nil }
    let windows = leading.indices.filter { isWindow(rows, $0) || isWindow(columns, $0) }
    let heads = leading.indices.filter { !windows.contains($0) && shape[$0] > 1 }
    guard heads.allSatisfy({ $0 > windows[windows.count - 1] }) else { return nil }
    windowAxes = windows
    windowCount = windows.reduce(1) { $0 * shape[$1] }
    headCount = heads.reduce(1) { $0 * shape[$1] }
  }

  /// The extents of the windows' axes, and how far apart a map has them.
  func windows(of map: RegionMap, _ shape: [Int]) -> (extents: [Int], strides: [Int]) {
    (windowAxes.map { shape[$0] }, windowAxes.map { map.strides[$0] })
  }
}

extension RegionMap {
  /// The regions of the tokens on the axis before the last, of all windows: `[windows, tokens]`.
  fileprivate func tokens(in windows: (extents: [Int], strides: [Int]), _ count: Int) -> RegionMap {
    let regions = spread(over: windows.extents + [count], strides: windows.strides + [strides[rank - 2]])
    return RegionMap(extents: [regions.count / count, count], regions: regions)
  }
}

extension TokenGrid {
  /// The patches among tokens, `[windows, tokens]`; `nil` where they make no grid.
  fileprivate init?(_ map: RegionMap, count: Int) {
    guard count > 0, let grid = PlaceGrid(of: map) else { return nil }
    self.init(count: map.regions.count, height: grid.height, width: grid.width, patches: grid.positions)
  }
}

extension Reach {
  /// The queries among weights `[windows, heads, queries, keys]` that are reached.
  fileprivate func rows(windows: Int, heads: Int, queries: Int, keys: Int) -> [Int] {
    guard case .some(let mask) = self else { return Array(0..<windows * queries) }
    let scalars = mask.scalars
    return (0..<windows * queries).filter { query in
      (0..<heads).contains { head in
        let start = ((query / queries * heads + head) * queries + query % queries) * keys
        return scalars[start..<start + keys].contains { $0 != 0 }
      }
    }
  }
}

extension AttentionBlock {
  /// The same block, with the tokens before and behind it.
  func between(_ input: Layer?, _ output: Layer?) -> AttentionBlock {
    AttentionBlock(
      weights: weights, windows: windows, heads: heads, queries: queries, keys: keys, readout: readout, input: input,
      output: output)
  }
}
