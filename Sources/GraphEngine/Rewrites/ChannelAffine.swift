import Kernels

/// A step that multiplies each channel by a constant and adds another, `[C]` each.
struct ChannelAffine {
  let scale: [Float]
  let shift: [Float]
  /// The constants it is made of.
  let constants: [NDArray]
  /// What else it depends on.
  let operation: String

  /// `nil` where the step does something else to `value`, `[N, C, …]` or with its channels on another axis.
  init?(of step: PlannedStep, applyingTo value: ValueID, _ values: ValueTable, channelAxis: Int = 1) {
    let shape = values.shapes[value]
    guard shape.count > 2 || channelAxis == shape.count - 1, values.shapes[step.output] == shape else { return nil }
    switch step.node.op {
    case let normalization as BatchNormalization:
      let constants = step.inputs.dropFirst().compactMap { values.constants[$0] }
      guard channelAxis == 1, step.inputs[0] == value, constants.count == 4 else { return nil }
      (scale, shift) = normalization.scaleAndShift(constants)
      (self.constants, operation) = (constants, "normalize \(normalization.epsilon)")
    case let arithmetic as Arithmetic:
      guard let constant = step.inputs.lazy.compactMap({ values.constants[$0] }).first,
        let numbers = constant.perChannel(of: shape, axis: channelAxis)
      else { return nil }
      let isFirst = step.inputs[0] == value
      let (ones, zeros) = (numbers.map { _ in Float(1) }, numbers.map { _ in Float(0) })
      switch (arithmetic.function, isFirst) {
      case (.add, _): (scale, shift) = (ones, numbers)
      case (.subtract, true): (scale, shift) = (ones, numbers.map { -$0 })
      case (.multiply, _): (scale, shift) = (numbers, zeros)
      default: return nil
      }
      (constants, operation) = ([constant], arithmetic.name)
    default: return nil
    }
  }
}

extension NDArray {
  /// A number per channel of `shape`, where broadcasting makes no more of this array than that.
  fileprivate func perChannel(of shape: [Int], axis: Int) -> [Float]? {
    let full = Array(repeating: 1, count: max(0, shape.count - self.shape.count)) + self.shape
    guard full.count == shape.count, full.indices.allSatisfy({ $0 == axis || full[$0] == 1 }) else { return nil }
    switch full[axis] {
    case shape[axis]: return scalars
    case 1: return Array(repeating: scalars[0], count: shape[axis])
    default: return nil
    }
  }
}
