import AttributionKit
import GraphEngine
import Kernels
import Tensors

extension GraphTrace: WindowedTrace {
  func passes(
    covering windows: [ImageGrid.Window], of input: Layer, with cover: Tensor, within bytes: Int
  ) throws -> (any WindowedPasses)? {
    guard model.inputs.count == 1, input == model.input, ImageGrid(input.shape)?.isChannelsLast == false else {
      return nil
    }
    return try CoveredWindows(windows, of: self, with: cover, images: model.batchSize(within: bytes))
  }
}

/// Passes of a network that compute only what a covered window can have changed.
private struct CoveredWindows: WindowedPasses {
  let batchSize: Int
  private let windows: [ImageGrid.Window]
  private let model: GraphModel
  private let image: Tensor, cover: Tensor
  private let network: WindowedNetwork
  private let plan: Plan
  private let unchanged: [NDArray]

  /// `nil` where patches are not enough less work to be worth their copying.
  init?(_ windows: [ImageGrid.Window], of trace: GraphTrace, with cover: Tensor, images: Int) throws {
    let model = trace.model
    guard let whole = model.plans.plan(for: images),
      let network = WindowedNetwork(of: whole, rows: windows.map(\.rows), columns: windows.map(\.columns)),
      network.shareOfWork < 0.9
    else { return nil }
    plan = try Plan(network.graph, precision: whole.precision, engine: whole.engine)
    unchanged = try model.engine.run { try network.unchanged.map { try trace.trace.value(named: $0) } }
    image = try trace.trace.value(named: model.input.name).tensor
    (self.windows, self.cover, self.model, self.network, batchSize) = (windows, cover, model, network, images)
  }

  func outputs(for windows: Range<Int>) throws -> [Tensor] {
    // The last batch is filled up with its last window, so that there is one plan.
    let numbers = (0..<batchSize).map { min(windows.lowerBound + $0, windows.upperBound - 1) }
    let shape = plan.shape(of: model.input.name) ?? []
    let patches = NDArray(numbers.flatMap(patch), shape: shape)
    let arrays = try plan.outputs(for: [patches] + unchanged + network.places(of: numbers)).map(\.tensor)
    return model.outputs(in: arrays, of: batchSize)
  }

  /// The part of the image that holds a window, with the window covered.
  private func patch(_ number: Int) -> [Float] {
    let (top, left) = network.origin(of: number), window = windows[number]
    let (height, width) = (model.input.shape[1], model.input.shape[2])
    var scalars: [Float] = []
    scalars.reserveCapacity(model.input.shape[0] * network.height * network.width)
    for channel in 0..<model.input.shape[0] {
      for y in top..<top + network.height {
        let row = (channel * height + y) * width, columns = left..<left + network.width
        for x in columns {
          let isCovered = window.rows.contains(y) && window.columns.contains(x)
          scalars.append(isCovered ? cover.scalars[row + x] : image.scalars[row + x])
        }
      }
    }
    return scalars
  }
}
