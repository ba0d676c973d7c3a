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
    return try CoveredWindows(windows, of: self, with: cover, within: bytes)
  }
}

/// Passes of a network that compute only what a covered window can have changed.
///
/// Windows that change about as much are run together, in patches of their own size.
private struct CoveredWindows: WindowedPasses {
  let batches: [[Int]]
  private let windows: [ImageGrid.Window]
  private let model: GraphModel
  private let image: Tensor, cover: Tensor
  private let groups: [WindowGroup]
  /// Which group's each batch is, and where in the group it begins.
  private let places: [(group: Int, first: Int)]

  /// `nil` where patches are not enough less work to be worth their copying.
  init?(_ windows: [ImageGrid.Window], of trace: GraphTrace, with cover: Tensor, within bytes: Int) throws {
    let model = trace.model, plans = model.plans
    let rows = windows.map(\.rows), columns = windows.map(\.columns)
    guard let all = WindowedNetwork(of: plans.single, rows: rows, columns: columns) else { return nil }
    let most = try plans.windowsAtOnce(by: all, within: bytes)
    var groups: [WindowGroup] = [], work = 0.0
    for members in WindowGroups(of: plans.single, rows: rows, columns: columns).groups {
      let parts = (members.count + most - 1) / most, size = (members.count + parts - 1) / parts
      guard let whole = plans.plan(for: size),
        let network = WindowedNetwork(of: whole, rows: members.map { rows[$0] }, columns: members.map { columns[$0] })
      else { return nil }
      work += network.shareOfWork * Double(parts * size)
      groups.append(try WindowGroup(members, size: size, network, of: whole))
    }
    guard work < 0.9 * Double(windows.count) else { return nil }
    places = groups.enumerated().flatMap { number, group in
      stride(from: 0, to: group.windows.count, by: group.size).map { (group: number, first: $0) }
    }
    batches = places.map { place in
      let group = groups[place.group]
      return Array(group.windows[place.first..<min(place.first + group.size, group.windows.count)])
    }
    try model.engine.run {
      for index in groups.indices {
        groups[index].unchanged = try groups[index].network.unchanged.map { try trace.trace.value(named: $0) }
      }
    }
    image = try trace.trace.value(named: model.input.name).tensor
    (self.windows, self.cover, self.model, self.groups) = (windows, cover, model, groups)
  }

  func outputs(ofBatch number: Int) throws -> [Tensor] {
    let place = places[number], group = groups[place.group]
    // The last batch is filled up with the group's last window, so that there is one plan.
    let members = (0..<group.size).map { min(place.first + $0, group.windows.count - 1) }
    let shape = group.plan.shape(of: model.input.name) ?? []
    let patches = NDArray(members.flatMap { patch($0, of: group) }, shape: shape)
    let arrays = try group.plan.outputs(for: [patches] + group.unchanged + group.network.places(of: members))
    return model.outputs(in: arrays.map(\.tensor), of: group.size)
  }

  /// The part of the image that holds a window of a group, with the window covered.
  private func patch(_ member: Int, of group: WindowGroup) -> [Float] {
    let network = group.network, (top, left) = network.origin(of: member), window = windows[group.windows[member]]
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

/// Windows that are run in patches of the same size.
private struct WindowGroup {
  let windows: [Int]
  /// How many are run at once.
  let size: Int
  let network: WindowedNetwork
  let plan: Plan
  /// The values of the unchanged image that patches are laid over.
  var unchanged: [NDArray] = []

  init(_ windows: [Int], size: Int, _ network: WindowedNetwork, of whole: Plan) throws {
    (self.windows, self.size, self.network) = (windows, size, network)
    plan = try Plan(network.graph, precision: whole.precision, engine: whole.engine)
  }
}

extension PlanFamily {
  /// How many windows are best run at once: so many that reading the weights of the last layers matters little.
  fileprivate func windowsAtOnce(by network: WindowedNetwork, within bytes: Int) throws -> Int {
    let plan = try Plan(network.graph, precision: single.precision, engine: single.engine)
    let unchanged = network.graph.inputs.dropFirst().map { 4 * $0.shape.reduce(1, *) }.reduce(0, +)
    let each = max(1, plan.workingBytes - unchanged)
    let most = max(1, min(32, (bytes - unchanged) / each))
    return most > 1 && self.plan(for: most) != nil ? most : 1
  }
}
