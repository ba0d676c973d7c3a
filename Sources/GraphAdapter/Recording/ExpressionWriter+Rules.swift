import AttributionKit
import GraphEngine
import Kernels
import Tensors

/// Rules that compute in plain tensors: their arithmetic is recorded, too.
extension ExpressionWriter {
  /// What a rule computes of a step, as the model's own crossing has it.
  func computed(
    by compute: (CrossedStep) throws -> [Tensor?], at crossed: WrittenStep, _ seen: Step
  ) throws -> [Written?] {
    let point = crossed.point
    let inputs = try point.inputShapes.indices.map { index in
      try point.constants[index]?.tensor ?? image(point.input(index))
    }
    let step = CrossedStep(
      seen, inputs: inputs, output: try image(point.output()), cotangent: image(crossed.cotangent)
    ) { [unowned self] cotangent in
      try crossed.pullback(whole(cotangent, point.outputShape)).map { $0.map(image) }
    }
    let results = try step.checked(compute(step))
    return try results.indices.map { index in
      try point.wanted[index] ? results[index].map { try whole($0, point.inputShapes[index]) } : nil
    }
  }

  /// A value as a tensor of one image.
  private func image(_ value: Written) -> Tensor {
    let extents = value.shape.extents, own = extents.first == 1 ? Array(extents.dropFirst()) : extents
    let plain = writer.reshaped(value, to: WrittenShape([1] + own, imageAxis: value.shape.imageAxis == nil ? nil : 0))
    return noise(own).recorded(from: NetworkSource.written(plain))
  }

  /// A tensor of each image in the shape that the network has for it.
  private func whole(_ tensor: Tensor, _ shape: WrittenShape) throws -> Written {
    writer.reshaped(writer.expanded(try write(tensor), to: self.shape(tensor.shape)), to: shape)
  }
}
