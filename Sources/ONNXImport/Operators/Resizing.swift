import GraphEngine
import Kernels

extension OperatorTable {
  /// `Resize` and `Upsample`: every mode is a weighting of each axis by itself.
  static func resize(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let request = try call.resizing(of: x.shape)
    if case .weighted = request.kernel, !x.type.isReal {
      throw call.unsupported("it weights activations of type \(x.type)")
    }
    var axes: [Resize.Axis] = []
    // Positions that lie beyond the input, along each axis.
    var beyond: [Int: [Bool]] = [:]
    for (axis, change) in request.axes.sorted(by: { $0.key < $1.key }) {
      let places = (0..<change.outputs).map { request.transformation.place(of: $0, change) }
      if request.transformation == .tensorFlowCrop {
        let outside = places.map { $0 < 0 || $0 > Double(change.extent - 1) }
        if outside.contains(true) { beyond[axis] = outside }
      }
      let isUnchanged = places.enumerated().allSatisfy { $0.element == Double($0.offset) }
      if change.outputs == change.extent, isUnchanged, beyond[axis] == nil { continue }
      let rows = zip(places, places.indices).map { place, index in
        beyond[axis]?[index] == true ? [] : request.kernel.terms(at: place, change)
      }
      do {
        axes.append(Resize.Axis(axis, try Interpolation(rows: rows, sourceExtent: change.extent)))
      } catch {
        throw call.malformed("\(error)")
      }
    }
    if axes.isEmpty { return x }
    let result = try graph.add(Resize(axes), [x], for: call)
    if beyond.isEmpty || request.extrapolation == 0 { return result }
    let fill = fill(request.extrapolation, where: beyond, in: result.shape)
    return try graph.add(Arithmetic(.add), [result, .constant(fill, name: "")], for: call)
  }

  /// A number where a position lies beyond the input along any axis, zero elsewhere.
  private static func fill(_ number: Float, where beyond: [Int: [Bool]], in shape: [Int]) -> Constant {
    let extents = shape.indices.map { beyond[$0] == nil ? 1 : shape[$0] }
    let strides = rowMajorStrides(of: extents)
    let numbers = (0..<extents.reduce(1, *)).map { place in
      beyond.contains { axis, outside in outside[place / strides[axis] % extents[axis]] } ? number : 0
    }
    return Constant(reals: numbers, shape: extents)
  }
}
