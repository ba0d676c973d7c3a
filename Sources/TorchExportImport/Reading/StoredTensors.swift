import Archives
import GraphEngine
import Kernels

/// The parameters, buffers and constants of a program.
struct StoredTensors: Sendable {
  private(set) var arrays: [String: (array: NDArray, kind: ElementType.Kind)] = [:]

  /// - Parameters:
  ///   - archive: where they are.
  ///   - place: where in it the program is.
  ///   - wanted: their names in the program.
  /// - Throws: ``TorchExportError`` where one is stored as what is never opened, or does not fit its own description.
  init(_ archive: borrowing ZipArchive, _ place: Place, wanted: Set<String>) throws(TorchExportError) {
    for (folder, list) in [("weights", "_weights_config.json"), ("constants", "_constants_config.json")] {
      let data = "\(place.root)data/\(folder)/"
      guard let table = try archive.json(data + place.model + list) else { continue }
      // Several names may share one member.
      for (name, entry) in (table["config"].members ?? [:]).sorted(by: { $0.key < $1.key }) where wanted.contains(name)
      {
        guard let path = entry["path_name"].text else { continue }
        if entry["use_pickle"].truth == true {
          throw .unsupportedUse(
            "the tensor '\(name)'", reason: "it is stored as a Python object, which is never opened")
        }
        let member = data + path
        guard let bytes = try archive.bytes(member) else {
          throw .malformed(reason: "'\(member)' is missing")
        }
        if let tensor = try Self.tensor(name, entry["tensor_meta"], bytes.buffer) { arrays[name] = tensor }
      }
    }
  }

  private static func tensor(
    _ name: String, _ meta: JSON, _ bytes: UnsafeRawBufferPointer
  ) throws(TorchExportError) -> (array: NDArray, kind: ElementType.Kind)? {
    func extents(_ key: String) -> [Int]? {
      meta[key].list?.map { $0["as_int"].integer ?? -1 }
    }
    guard let type = meta["dtype"].integer.flatMap(ElementType.init), let size = type.size,
      let shape = extents("sizes"), shape.allSatisfy({ $0 >= 0 }), let count = elementCount(of: shape)
    else { throw .malformed(reason: "the tensor '\(name)' has no shape or type that makes sense") }
    let strides = extents("strides") ?? rowMajorStrides(of: shape)
    let isRowMajor = shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == rowMajorStrides(of: shape)[$0] }
    // The engine has no arrays without elements.
    if shape.contains(0) { return nil }
    guard bytes.count >= count * size else {
      throw .malformed(reason: "the tensor '\(name)' has \(bytes.count) bytes, too few for \(spelled(shape))")
    }
    // Views are stored whole, or as what they show.
    var scalars = [Float](repeating: 0, count: count)
    let start = meta["storage_offset"]["as_int"].integer ?? 0
    let last = zip(shape, strides).reduce(start) { place, axis in place + (axis.0 - 1) * axis.1 }
    if isRowMajor || strides.contains(where: { $0 < 0 }) || (last + 1) * size > bytes.count {
      let first = isRowMajor && start > 0 && (start + count) * size <= bytes.count ? start : 0
      for index in 0..<count { scalars[index] = type.number(in: bytes, at: (first + index) * size) }
    } else {
      let inner = rowMajorStrides(of: shape)
      for index in 0..<count {
        var place = start
        for axis in shape.indices { place += index / inner[axis] % shape[axis] * strides[axis] }
        scalars[index] = type.number(in: bytes, at: place * size)
      }
    }
    return (NDArray(scalars, shape: shape).asConstant(), type.kind)
  }
}
