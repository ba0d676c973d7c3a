import GraphEngine
import Kernels

extension Layers {
  /// `Rescaling`: `x · scale + offset`, for all channels alike or each by its own numbers.
  static func rescaling(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.input()
    guard let scale = call.layer.config["scale"].reals,
      let offset = call.layer.config["offset"].isNull ? [0] : call.layer.config["offset"].reals
    else { throw call.malformed("its scale and offset are no numbers") }
    let result: Value
    if scale.count == 1, offset.count == 1 {
      let function = ElementwiseFunction(.linear(Float(scale[0]), Float(offset[0])))
      result = try graph.add(function, [x], to: call.output, for: call)
    } else {
      let channels = try channels(of: x, along: x.rank - 1, call, &graph)
      result = try affine(
        channels, scale: try spread(scale, over: channels, call), shift: try spread(offset, over: channels, call), call,
        &graph)
    }
    graph.rescaleImage(from: x, to: result, by: call)
    return result
  }

  static func normalizationVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    guard layer.config["mean"].isNull else { return [] }
    return ["mean", "variance", "count"].map { Variable($0, isTrainable: false) }
  }

  /// `Normalization`: `(x − mean) / √variance`, by numbers given or adapted to data.
  static func normalization(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    if try call.layer.flag("invert", default: false) { throw call.unsupported("it is inverted") }
    let setting = call.layer.config["axis"]
    let isScalar = setting.isNull || setting.list == []
    let axis = isScalar ? input.rank - 1 : try call.layer.axis(setting, rank: input.rank)
    let x = try channels(of: input, along: axis, call, &graph)
    let (mean, variance): (NDArray, NDArray)
    if call.layer.config["mean"].isNull {
      let shape = isScalar ? [] : [x.extents[1]]
      let known = [try call.weight("mean", shape: shape), try call.weight("variance", shape: shape)]
      mean = try spread(known[0].scalars.map { Double($0) }, over: x, call)
      variance = try spread(known[1].scalars.map { Double($0) }, over: x, call)
    } else {
      mean = try spread(call.layer.config["mean"].reals, over: x, call)
      variance = try spread(call.layer.config["variance"].reals, over: x, call)
    }
    // Keras divides by no less than 1e-7.
    let bounded = NDArray(variance.scalars.map { max($0, 1e-14) }, shape: variance.shape)
    let ones = NDArray(repeating: 1, shape: mean.shape), zeros = NDArray(repeating: 0, shape: mean.shape)
    let result = try affine(x, scale: ones, shift: zeros, mean: mean, variance: bounded, call, &graph)
    graph.rescaleImage(from: input, to: result, by: call)
    return result
  }

  /// One number for each channel, where one or as many are given.
  private static func spread(_ numbers: [Double]?, over x: Value, _ call: LayerCall) throws(KerasError) -> NDArray {
    let channels = x.extents[1]
    guard let numbers, numbers.count == 1 || numbers.count == channels else {
      throw call.malformed("its numbers do not fit \(channels) channels")
    }
    let spread = numbers.count == 1 ? Array(repeating: numbers[0], count: channels) : numbers
    return NDArray(spread.map { Float($0) }, shape: [channels])
  }
}
