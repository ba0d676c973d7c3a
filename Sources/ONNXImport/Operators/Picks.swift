import GraphEngine

/// The operators that pick scalars by indices, known beforehand or computed.
extension OperatorTable {
  /// `GatherElements`: for each element an index along the axis.
  static func gatherElements(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    if let indices = call.computedIndices {
      let axis = try call.axis(try call.attributes.integer("axis") ?? 0, rank: x.shape.count)
      return try graph.add(IndexedPicking(.elements(axis: axis)), [x, indices], for: call)
    }
    let places = try call.elementPlaces(in: x.shape)
    return try graph.add(Picking(places: places.places, from: x.shape, shape: places.shape), [x], for: call)
  }

  /// `GatherND`: tuples of indices along the first axes behind those of the batch.
  static func gatherND(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let batch = try call.attributes.integer("batch_dims") ?? 0
    if let indices = call.computedIndices {
      return try graph.add(IndexedPicking(.tuples(batch: batch)), [x, indices], for: call)
    }
    let tuples = try call.tuplePlaces(in: x.shape, batch: batch)
    return try graph.add(Picking(places: tuples.places, from: x.shape, shape: tuples.shape), [x], for: call)
  }

  /// `ScatterElements`, called `Scatter` until opset 10.
  static func scatterElements(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let (x, updates) = (try call.input(0), try call.input(2))
    if let indices = call.computedIndices {
      let axis = try call.axis(try call.attributes.integer("axis") ?? 0, rank: x.shape.count)
      let op = IndexedScattering(try combination(call), .elements(axis: axis))
      return try graph.add(op, [x, indices, updates], for: call)
    }
    let places = try call.elementPlaces(in: x.shape)
    guard places.shape == updates.shape else { throw call.malformed("its indices do not match its updates") }
    return try graph.add(Scattering(try combination(call), places: places.places), [x, updates], for: call)
  }

  static func scatterND(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let (x, updates) = (try call.input(0), try call.input(2))
    if let indices = call.computedIndices {
      return try graph.add(
        IndexedScattering(try combination(call), .tuples(batch: 0)), [x, indices, updates], for: call)
    }
    let tuples = try call.tuplePlaces(in: x.shape, batch: 0)
    guard tuples.shape == updates.shape else { throw call.malformed("its indices do not match its updates") }
    return try graph.add(Scattering(try combination(call), places: tuples.places), [x, updates], for: call)
  }

  private static func combination(_ call: OperatorCall) throws(ONNXError) -> Scattering.Combination {
    switch try call.attributes.string("reduction") ?? "none" {
    case "none": return .replace
    case "add": return .add
    case "mul": return .multiply
    case "max": return .maximum
    case "min": return .minimum
    case let other: throw call.malformed("its reduction is '\(other)'")
    }
  }

  /// `Trilu`: one triangle of each matrix, zeros in place of the other.
  static func triangle(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let isUpper = try call.attributes.flag("upper", default: true)
    let diagonal = try call.integers(1, "its diagonal")?.first ?? 0
    guard x.shape.count >= 2 else { throw call.malformed("\(spelled(x.shape)) is no matrix") }
    let (rows, columns) = (x.shape[x.shape.count - 2], x.shape[x.shape.count - 1])
    _ = try ConstantFolding.affordableCount(of: x.shape, for: call)
    // Beyond any matrix, every diagonal is as far.
    let shift = max(-rows - columns, min(rows + columns, diagonal))
    let places = (0..<x.shape.reduce(1, *)).map { place in
      let (row, column) = (place / columns % rows, place % columns)
      return (isUpper ? column - row >= shift : column - row <= shift) ? place : -1
    }
    return try graph.add(Picking(places: places, from: x.shape, shape: x.shape), [x], for: call)
  }
}

extension OperatorCall {
  /// The indices, where the network computes them from the image; those of another input are to be fixed.
  var computedIndices: Value? {
    guard sources.isEmpty, let indices = optionalInput(1), indices.constant == nil else { return nil }
    return indices
  }
}
