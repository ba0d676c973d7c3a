import GraphEngine
import Kernels

extension Layers {
  static func denseVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    if !layer.config["quantization_config"].isNull || layer.config["dtype"]["class_name"].text == "QuantizedDTypePolicy"
    {
      throw layer.unsupported("its weights are quantised")
    }
    return [Variable("kernel")] + (try layer.flag("use_bias", default: true) ? [Variable("bias")] : [])
  }

  /// `Dense`, along the last axis: a convolution of extent one where the others are an image's.
  static func dense(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    let units = try call.layer.integer("units")
    let weights = try call.weight("kernel", shape: [input.shape[input.rank - 1], units])
    return try activated(call, &graph) { (name, graph) throws(KerasError) in
      let bias = try bias(call, units, &graph)
      switch input.rank {
      case 2:
        let kernel = graph.constant(weights, call.inner("kernel"))
        return try graph.add(Linear(), [input, kernel] + bias, to: name, for: call)
      case 4, 5:
        let x = try graph.moved(input, for: call)
        let ones = x.extents.dropFirst(2).map { _ in 1 }
        let pointwise = try pointwise(weights, ones, call)
        let geometry = ConvolutionGeometry(
          strides: ones, dilations: ones, paddingBefore: ones.map { _ in 0 }, paddingAfter: ones.map { _ in 0 })
        let kernel = graph.constant(pointwise, call.inner("kernel"))
        return try graph.add(Convolution(geometry), [x, kernel] + bias, to: name, for: call)
      default:
        let kernel = graph.constant(weights, call.inner("kernel"))
        let x = try graph.unmoved(input, for: call)
        guard let bias = bias.first else { return try graph.add(MatrixProduct(), [x, kernel], to: name, for: call) }
        let product = try graph.add(MatrixProduct(), [x, kernel], to: call.inner("product"), for: call)
        return try graph.add(Arithmetic(.add), [product, bias], to: name, for: call)
      }
    }
  }

  /// The kernel as a convolution's, made once for all graphs of the model.
  private static func pointwise(_ weights: NDArray, _ ones: [Int], _ call: LayerCall) throws(KerasError) -> NDArray {
    do {
      return try weights.derived("pointwise \(ones.count)", from: []) {
        let turned = try transposed(weights, permutation: [1, 0])
        return [turned.reshaped(turned.shape + ones).asConstant()]
      }[0]
    } catch {
      throw call.malformed("\(error)")
    }
  }
}
