import GraphEngine
import Kernels

extension Layers {
  /// `x[:, 1:-1, ..., 0]`, as Keras 3 (`GetItem`) and 2 (`SlicingOpLambda`) write it.
  static func slice(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    guard let x = call.tensors(at: 0, or: "x", "tensor").first, call.inputs.count == 1 else {
      throw call.unsupported("what it picks depends on the image")
    }
    let picks = try Picks(call, rank: x.rank)
    let (starts, ends, steps) = try picks.bounds(of: x, call)
    let op = Slice(starts: starts, ends: ends, steps: steps)
    if picks.keepsAxes {
      let result = try graph.add(op, [x], to: call.output, for: call)
      graph.passImage(from: x, to: result)
      return result
    }
    let part = try graph.unmoved(try graph.add(op, [x], to: call.inner("part"), for: call), for: call)
    let shape = picks.shape(of: part.extents)
    let result = try result(Reshape(to: shape), part, rank: shape.count, call, &graph)
    graph.passImage(from: x, to: result)
    return result
  }
}

/// What is picked along each axis, and which axes of one there are in the result.
private struct Picks {
  private enum Pick {
    case range(start: Int?, stop: Int?, step: Int)
    /// A single position, whose axis is dropped.
    case position(Int)
    case newAxis
  }

  private let picks: [Pick]

  /// Reads a list of slices, numbers, dots and new axes; axes that it leaves out are taken whole.
  init(_ call: LayerCall, rank: Int) throws(KerasError) {
    let given = call.invocation.arguments.dropFirst().first?.json ?? .null
    let setting = call.setting("slice_spec", "key")
    let json = setting.isNull ? given : setting
    guard !json.isNull else { throw call.unsupported("what it picks depends on the image") }
    let entries = json.list ?? [json]
    let isDots = { (entry: JSON) in entry["class_name"].text == "__ellipsis__" || entry.text == "..." }
    let named = entries.count { !$0.isNull && !isDots($0) }
    guard named <= rank, entries.count(where: isDots) <= 1 else {
      throw call.malformed("it picks along \(named) axes of \(rank)")
    }
    let rest = [Pick](repeating: .range(start: nil, stop: nil, step: 1), count: rank - named)
    var picks: [Pick] = []
    for entry in entries {
      if isDots(entry) {
        picks += rest
      } else if entry.isNull {
        picks.append(.newAxis)
      } else if let position = entry.integer {
        picks.append(.position(position))
      } else {
        let range = entry["config"].isNull ? entry : entry["config"]
        let bounds = [range["start"], range["stop"]]
        guard range.members != nil, bounds.allSatisfy({ $0.isNull || $0.integer != nil }),
          let step = range["step"].isNull ? 1 : range["step"].integer, step != 0
        else {
          throw call.unsupported("it picks by something else than numbers")
        }
        picks.append(.range(start: range["start"].integer, stop: range["stop"].integer, step: step))
      }
    }
    self.picks = entries.contains(where: isDots) ? picks : picks + rest
  }

  /// The bounds along the engine's axes, single positions as ranges of one.
  func bounds(of x: Value, _ call: LayerCall) throws(KerasError) -> (starts: [Int], ends: [Int], steps: [Int]) {
    var bounds = (starts: x.extents.map { _ in 0 }, ends: x.extents, steps: x.extents.map { _ in 1 })
    var axis = 0
    for pick in picks {
      let place = axis < x.rank ? x.axis(axis) : 0
      let extent = axis < x.rank ? x.extents[place] : 0
      func counted(_ index: Int) -> Int { index < 0 ? index + extent : index }
      switch pick {
      case .newAxis: continue
      case .position(let index):
        let position = counted(index)
        guard axis > 0, (0..<extent).contains(position) else { throw call.unsupported("it picks image \(index)") }
        (bounds.starts[place], bounds.ends[place]) = (position, position + 1)
      case .range(let start, let stop, let step):
        if axis == 0, start ?? 0 != 0 || stop != nil || step != 1 { throw call.unsupported("it picks among images") }
        let isForward = step > 0
        let (low, high) = isForward ? (0, extent) : (-1, extent - 1)
        let first = start.map { min(max(counted($0), low), high) } ?? (isForward ? 0 : extent - 1)
        let last = stop.map { min(max(counted($0), low), high) } ?? (isForward ? extent : -1)
        (bounds.starts[place], bounds.ends[place], bounds.steps[place]) = (first, last, step)
      }
      axis += 1
    }
    return bounds
  }

  /// Whether the result has the axes of the input.
  var keepsAxes: Bool { picks.allSatisfy { if case .range = $0 { true } else { false } } }

  /// The part's shape less the axes of single positions, with the new ones; in Keras' order.
  func shape(of extents: [Int]) -> [Int] {
    var (shape, axis): ([Int], Int) = ([], 0)
    for pick in picks {
      switch pick {
      case .newAxis: shape.append(1)
      case .position: axis += 1
      case .range:
        shape.append(extents[axis])
        axis += 1
      }
    }
    return shape
  }
}
