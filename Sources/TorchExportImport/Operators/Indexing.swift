import GraphEngine
import Kernels

/// Elements by indices, which must be known before the network runs.
extension OperatorTable {
  static let indexing: [String: Lower] = [
    "index": one(indexed), "index_select": one(indexSelected), "gather": one(gathered), "embedding": one(embedding),
    "take_along_dim": one(gathered), "index_put": one(put), "_unsafe_index": one(indexed), "topk": largest,
    "sort": largest, "argmax": one(extremum(isLargest: true)), "argmin": one(extremum(isLargest: false)),
    "cumsum": one(cumulativeSum), "argsort": one(order),
  ]

  private static func indexed(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    if let computed = try computedIndex(call) {
      return try graph.add(IndexedPicking(.positions(axis: computed.axis)), [x, computed.index], for: call, as: x.kind)
    }
    let (places, shape, single) = try places(call, in: x)
    if let single {
      return try graph.add(
        Gather(indices: single.indices, indicesShape: single.shape, axis: single.axis), [x], for: call)
    }
    return try graph.add(Picking(places: places, from: x.shape, shape: shape), [x], for: call)
  }

  /// The only index of a list, where the network computes it, and the axis that it runs along.
  private static func computedIndex(_ call: Call) throws(TorchExportError) -> (index: TensorValue, axis: Int)? {
    guard case .list(let list) = call["indices"] else { throw call.malformed("its indices are no list") }
    let named = list.enumerated().compactMap { axis, value -> (index: TensorValue, axis: Int)? in
      if case .tensor(let tensor) = value { (tensor, axis) } else { nil }
    }
    guard named.count == 1, let only = named.first, only.index.array == nil, only.index.kind == .integer else {
      return nil
    }
    return only
  }

  /// Where the elements lie that a list of indices names, by NumPy's rules; one axis alone stays a gather.
  private static func places(
    _ call: Call, in x: TensorValue
  ) throws(TorchExportError) -> (places: [Int], shape: [Int], single: (indices: [Int], shape: [Int], axis: Int)?) {
    guard case .list(let list) = call["indices"] else { throw call.malformed("its indices are no list") }
    var indices: [(axis: Int, array: TensorValue)] = []
    var axis = 0
    for value in list {
      guard case .tensor(let tensor) = value else {
        axis += 1
        continue
      }
      guard tensor.array != nil else {
        throw call.unsupported("which elements it takes depends on the image")
      }
      if tensor.kind == .truth {
        // Where it is true, as one index for each of its axes.
        let truths = tensor.integers ?? []
        let strides = rowMajorStrides(of: tensor.shape)
        let marked = truths.indices.filter { truths[$0] != 0 }
        guard !marked.isEmpty else { throw call.unsupported("its result would be empty") }
        for (offset, extent) in tensor.shape.enumerated() {
          let along = marked.map { Float($0 / strides[offset] % extent) }
          indices.append((axis, TensorValue(NDArray(along, shape: [along.count]), kind: .integer)))
          axis += 1
        }
      } else {
        indices.append((axis, tensor))
        axis += 1
      }
    }
    guard let first = indices.first, indices.allSatisfy({ $0.axis < x.shape.count }) else {
      throw call.malformed("it has more indices than \(spelled(x.shape)) has axes")
    }
    var common: [Int] = []
    for index in indices {
      guard let shape = broadcastShape(common, index.array.shape) else {
        throw call.malformed("its indices do not fit each other")
      }
      common = shape
    }
    var numbers: [[Int]] = []
    for index in indices {
      let extent = x.shape[index.axis]
      let wide = try expandedIntegers(index.array, to: common, for: call).map { $0 < 0 ? $0 + extent : $0 }
      guard wide.allSatisfy({ (0..<extent).contains($0) }) else { throw call.malformed("an index is out of range") }
      numbers.append(wide)
    }
    if indices.count == 1 { return ([], [], (numbers[0], common, first.axis)) }
    // Indices of neighbouring axes take their place; others come first.
    let axes = indices.map(\.axis)
    let isTogether = axes == Array(axes[0]...axes[axes.count - 1])
    let (leading, trailing) = (
      isTogether ? Array(0..<axes[0]) : [],
      x.shape.indices.filter { axis in
        !axes.contains(axis) && (!isTogether || axis > axes[0])
      }
    )
    let strides = rowMajorStrides(of: x.shape)
    let count = common.reduce(1, *)
    let outer = leading.map { x.shape[$0] }, inner = trailing.map { x.shape[$0] }
    guard let total = elementCount(of: outer + common + inner), total <= 1 << 26 else {
      throw .tooLarge(value: call.layer, shape: outer + common + inner)
    }
    func offset(_ place: Int, _ axes: [Int], _ extents: [Int]) -> Int {
      let steps = rowMajorStrides(of: extents)
      return axes.indices.reduce(0) { $0 + place / steps[$1] % extents[$1] * strides[axes[$1]] }
    }
    let picked = (0..<count).map { i in axes.indices.reduce(0) { $0 + numbers[$1][i] * strides[axes[$1]] } }
    let innerOffsets = (0..<inner.reduce(1, *)).map { offset($0, trailing, inner) }
    var places: [Int] = []
    places.reserveCapacity(total)
    for o in 0..<outer.reduce(1, *) {
      let start = offset(o, leading, outer)
      for pick in picked { for end in innerOffsets { places.append(start + pick + end) } }
    }
    return (places, outer + common + inner, nil)
  }

  private static func expandedIntegers(
    _ x: TensorValue, to shape: [Int], for call: Call
  ) throws(TorchExportError) -> [Int] {
    guard x.shape != shape, let array = x.array else { return x.integers ?? [] }
    do {
      return TensorValue(try Expand(to: shape).forward([array]).plain()).integers ?? []
    } catch { throw call.malformed("\(error)") }
  }

  private static func indexSelected(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis(of: x)
    let index = try call.tensor("index")
    guard let indices = index.integers else {
      return try graph.add(IndexedPicking(.positions(axis: axis)), [x, index], for: call, as: x.kind)
    }
    guard indices.allSatisfy({ (0..<x.shape[axis]).contains($0) }) else {
      throw call.malformed("an index is out of range")
    }
    return try graph.add(Gather(indices: indices, indicesShape: [indices.count], axis: axis), [x], for: call)
  }

  /// An element along an axis for each index.
  private static func gathered(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let index = call["index"].isNone ? try call.tensor("indices") : try call.tensor("index")
    let axis = try call.axis(of: x)
    guard index.shape.count == x.shape.count else { throw call.malformed("its index has other axes than its input") }
    guard let indices = index.integers else {
      return try graph.add(IndexedPicking(.elements(axis: axis)), [x, index], for: call, as: x.kind)
    }
    let (strides, inner) = (rowMajorStrides(of: x.shape), rowMajorStrides(of: index.shape))
    let places = indices.indices.map { place in
      x.shape.indices.reduce(0) { sum, a in
        sum + (a == axis ? indices[place] : place / inner[a] % index.shape[a]) * strides[a]
      }
    }
    guard places.allSatisfy({ (0..<x.shape.reduce(1, *)).contains($0) }) else {
      throw call.malformed("an index is out of range")
    }
    return try graph.add(Picking(places: places, from: x.shape, shape: index.shape), [x], for: call)
  }

  private static func embedding(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (table, index) = (try call.tensor("weight"), try call.tensor("indices"))
    guard let indices = index.integers else { throw call.unsupported("which rows it takes depends on the image") }
    guard table.shape.count == 2, indices.allSatisfy({ (0..<table.shape[0]).contains($0) }) else {
      throw call.malformed("an index is out of range")
    }
    return try graph.add(Gather(indices: indices, indicesShape: index.shape, axis: 0), [table], for: call)
  }

  private static func put(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, values) = (try call.tensor(), try call.tensor("values"))
    if case .list(let list) = call["indices"], list.count == 1, case .tensor(let mask) = list[0],
      mask.kind == .truth, mask.array == nil, mask.shape == x.shape, values.shape.reduce(1, *) == 1
    {
      return try graph.add(Selection(), [mask, values, x], for: call, as: x.kind)
    }
    let source = TensorValue(name: "", shape: x.shape)
    var (places, shape, single) = try places(call, in: source)
    if let one = single {
      let strides = rowMajorStrides(of: x.shape)
      let inner = strides[one.axis], outer = x.shape[..<one.axis].reduce(1, *)
      shape = Array(x.shape[..<one.axis]) + one.shape + Array(x.shape[(one.axis + 1)...])
      places = (0..<outer).flatMap { o in
        one.indices.flatMap { i in (0..<inner).map { (o * x.shape[one.axis] + i) * inner + $0 } }
      }
    }
    single = nil
    var updates = values
    if updates.shape != shape { updates = try graph.add(Expand(to: shape), [updates], for: call) }
    return try graph.add(
      Scattering(try call.truth("accumulate") ? .add : .replace, places: places), [x, updates], for: call)
  }

  private static let largest: Lower = { (call, graph) throws(TorchExportError) in
    let x = try call.tensor()
    let axis = try call.axis("dim", -1, of: x)
    let isSort = call.node.target.hasSuffix("sort")
    let count = isSort ? x.shape[axis] : try call.integer("k")
    let isLargest = isSort ? try call.truth("descending") : try call.truth("largest", true)
    let values = TopK(.values, count: count, axis: axis, isLargest: isLargest)
    let places = TopK(.places, count: count, axis: axis, isLargest: isLargest)
    return [
      .tensor(try graph.add(values, [x], for: call)), .tensor(try graph.add(places, [x], for: call, as: .integer)),
    ]
  }

  private static func order(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis("dim", -1, of: x)
    let op = TopK(.places, count: x.shape[axis], axis: axis, isLargest: try call.truth("descending"))
    return try graph.add(op, [x], for: call, as: .integer)
  }

  private static func extremum(isLargest: Bool) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      var x = try call.tensor()
      if call["dim"].isNone { x = try graph.reshape(x, to: [x.shape.reduce(1, *)], for: call) }
      let axis = try call.axis("dim", 0, of: x)
      let op = ArgExtremum(
        axis: axis, isLargest: isLargest, keepsDimension: try call.truth("keepdim"), takesLast: false)
      return try graph.add(op, [x], for: call, as: .integer)
    }
  }

  private static func cumulativeSum(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let op = CumulativeSum(axis: try call.axis(of: x), isExclusive: false, isReversed: false)
    return try graph.add(op, [x], for: call, as: x.kind == .truth ? .integer : x.kind)
  }
}
