/// Arithmetic in ONNX's operators.
extension GraphWriter {
  /// A function of two arrays that broadcast: `Add`, `Sub`, `Mul`, `Div`, `Max`, `Min`, `Pow`.
  public func binary(_ type: String, _ a: Written, _ b: Written) throws -> Written {
    add(type, [a, b], shape: try .broadcast(a.shape, b.shape))
  }

  public func sum(_ a: Written, _ b: Written) throws -> Written { try binary("Add", a, b) }
  public func difference(_ a: Written, _ b: Written) throws -> Written { try binary("Sub", a, b) }
  public func product(_ a: Written, _ b: Written) throws -> Written { try binary("Mul", a, b) }
  public func quotient(_ a: Written, _ b: Written) throws -> Written { try binary("Div", a, b) }

  /// `factor · x`.
  public func scaled(_ x: Written, by factor: Float) throws -> Written {
    factor == 1 ? x : factor == -1 ? unary("Neg", x) : try product(x, scalar(factor))
  }

  /// `x + addend`.
  public func shifted(_ x: Written, by addend: Float) throws -> Written {
    addend == 0 ? x : try sum(x, scalar(addend))
  }

  /// A function of each scalar.
  public func unary(_ type: String, _ x: Written, _ attributes: [String: WrittenAttribute] = [:]) -> Written {
    add(type, [x], attributes, shape: x.shape)
  }

  /// The positive part, `max(0, x)`.
  public func rectified(_ x: Written) -> Written { unary("Relu", x) }

  /// A truth for each scalar: `Greater`, `Less`, `Equal` of two arrays that broadcast.
  func comparison(_ type: String, _ a: Written, _ b: Written) throws -> Written {
    let shape = try WrittenShape.broadcast(a.shape, b.shape)
    return Written(add(type, [a.name, b.name], shape: nil), shape)
  }

  /// One of two arrays at each place, by a truth.
  func selection(_ truth: Written, _ a: Written, _ b: Written) throws -> Written {
    add("Where", [truth, a, b], shape: try .broadcast(truth.shape, .broadcast(a.shape, b.shape)))
  }

  /// `x` where it lies above a bound that `place` is compared with, zero elsewhere.
  func kept(_ x: Written, where place: Written, _ relation: String, _ bound: Float) throws -> Written {
    try selection(comparison(relation, place, scalar(bound)), x, scalar(0))
  }

  /// `a / b`, zero where `b` is.
  public func quotientOrZero(_ a: Written, _ b: Written) throws -> Written {
    let isZero = try comparison("Equal", b, scalar(0))
    let whole = try quotient(a, selection(isZero, scalar(1), b))
    return try selection(isZero, scalar(0), whole)
  }

  /// `a / (b + ε·sign b)`, with the sign of zero 1; zero where there is nothing to divide by.
  public func quotient(_ a: Written, _ b: Written, stabilizer: Float) throws -> Written {
    guard stabilizer != 0 else { return try quotientOrZero(a, b) }
    let step = try selection(comparison("Less", b, scalar(0)), scalar(-stabilizer), scalar(stabilizer))
    return try quotient(a, sum(b, step))
  }

  /// A sum, mean or extremum over some axes, which stay with extent 1 unless they are dropped.
  public func reduced(_ type: String, _ x: Written, axes: [Int], keepsAxes: Bool = true) -> Written {
    if axes.isEmpty { return x }
    var shape = x.shape.ones(along: axes)
    if !keepsAxes {
      let rest = x.shape.extents.indices.filter { !axes.contains($0) }
      shape = WrittenShape(rest.map { x.shape[$0] }, imageAxis: x.shape.imageAxis.flatMap { rest.firstIndex(of: $0) })
    }
    var attributes = ["keepdims": WrittenAttribute.integer(keepsAxes ? 1 : 0)]
    // Sums are told the axes as an input since opset 13, all others since 18.
    if type == "ReduceSum" || opset >= 18 { return add(type, [x, integers(axes)], attributes, shape: shape) }
    attributes["axes"] = .integers(axes)
    return add(type, [x], attributes, shape: shape)
  }

  /// The sum over all axes along which `shape` was repeated to that of `x`.
  public func summed(_ x: Written, to shape: WrittenShape) throws -> Written {
    let missing = x.shape.rank - shape.rank
    let axes = x.shape.extents.indices.filter { axis in
      axis < missing || shape[axis - missing] == 1 && x.shape[axis] > 1
        || axis == x.shape.imageAxis && shape.imageAxis != axis - missing
    }
    if axes.isEmpty { return x }
    return reshaped(reduced("ReduceSum", x, axes: Array(axes)), to: shape)
  }

  /// The matrix product of the last two dimensions; others broadcast.
  public func matrixProduct(_ a: Written, _ b: Written) throws -> Written {
    func leading(_ shape: WrittenShape) -> WrittenShape {
      WrittenShape(shape.extents.dropLast(2), imageAxis: shape.imageAxis.flatMap { $0 < shape.rank - 2 ? $0 : nil })
    }
    var shape = try WrittenShape.broadcast(leading(a.shape), leading(b.shape))
    shape.extents += [a.shape[a.shape.rank - 2], b.shape[b.shape.rank - 1]]
    if a.shape.imageAxis == a.shape.rank - 2 { shape.imageAxis = shape.rank - 2 }
    if b.shape.imageAxis == b.shape.rank - 1 { shape.imageAxis = shape.rank - 1 }
    return add("MatMul", [a, b], shape: shape)
  }
}

extension GraphWriter {
  /// `x` where `place` is above zero, zero elsewhere.
  public func kept(_ x: Written, whereAboveZero place: Written) throws -> Written {
    try kept(x, where: place, "Greater", 0)
  }

  /// `x` where its magnitude is greater than `least`, zero elsewhere.
  public func cleared(_ x: Written, within least: Written) throws -> Written {
    try selection(comparison("Greater", unary("Abs", x), least), x, scalar(0))
  }

  /// One in place of each zero.
  public func onesForZeros(_ x: Written) throws -> Written {
    try zerosReplaced(x, by: scalar(1))
  }
}
