import GraphEngine
import Foundation
import Kernels
import SwiftProtobuf

/// Reads tensors of a file, those stored beside it included.
struct TensorReader {
  let externalData: ExternalData?

  /// The tensor; `rawData` is where its bytes lie in the file, where they were left out of the message.
  ///
  /// - Throws: ``ONNXError``: an element type not read, or data that does not fill the declared shape.
  func constant(_ tensor: Limn_Onnx_TensorProto, rawData: FilePart? = nil) throws(ONNXError) -> Constant {
    guard let type = ElementType(rawValue: tensor.dataType) else {
      throw .unsupportedElementType(tensor: tensor.name, type: ElementType.name(of: tensor.dataType))
    }
    let shape = tensor.dims.map { Int($0) }
    // Checked before anything is allocated: a few bytes of file can claim any number of elements.
    guard let count = elementCount(of: shape) else {
      throw .malformedTensor(name: tensor.name, reason: "no tensor can have the extents \(spelled(shape))")
    }
    if tensor.dataLocation == 1 {
      guard let externalData else {
        throw .missingExternalData(tensor: tensor.name, file: "of an unknown folder")
      }
      let part = try externalData.part(of: tensor, count: type.bytes(for: count))
      return Self.constant(in: part, type: type, shape: shape, count: count)
    }
    if let rawData, !rawData.range.isEmpty || count == 0 {
      try Self.check(rawData.range.count, fills: type.bytes(for: count), "bytes", of: tensor)
      return Self.constant(in: rawData, type: type, shape: shape, count: count)
    }
    if !tensor.rawData.isEmpty || count == 0 {
      try Self.check(tensor.rawData.count, fills: type.bytes(for: count), "bytes", of: tensor)
      return tensor.rawData.withUnsafeBytes { Self.decode($0, type: type, shape: shape, count: count) }
    }
    return try typedFields(of: tensor, type: type, shape: shape, count: count)
  }

  private static func check(
    _ given: Int, fills needed: Int, _ unit: String, of tensor: Limn_Onnx_TensorProto
  ) throws(ONNXError) {
    if given == needed { return }
    let shape = spelled(tensor.dims.map { Int($0) })
    throw .malformedTensor(name: tensor.name, reason: "\(shape) elements need \(needed) \(unit), and it has \(given)")
  }

  /// A tensor of a file: float32 weights stay there, until a kernel wants them; whatever else is read now.
  private static func constant(in part: FilePart, type: ElementType, shape: [Int], count: Int) -> Constant {
    // Small ones are not worth the care, and many are read element by element.
    guard type == .float32, count >= 1 << 12 else {
      return decode(part.bytes, type: type, shape: shape, count: count)
    }
    return Constant(reals: NDArray(storage: Storage(count: count, source: FileWeights(part: part)), shape: shape))
  }

  /// Little-endian bytes, as ONNX prescribes; `bytes` has exactly as many as needed.
  private static func decode(
    _ bytes: UnsafeRawBufferPointer, type: ElementType, shape: [Int], count: Int
  ) -> Constant {
    func value<T: FixedWidthInteger>(_ index: Int, as: T.Type) -> T {
      T(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
    }
    func integers<T: FixedWidthInteger>(as: T.Type) -> Constant {
      Constant(integers: (0..<count).map { Int(truncatingIfNeeded: value($0, as: T.self)) }, shape: shape, type: type)
    }
    func reals(_ real: (Int) -> Float) -> Constant {
      let array = NDArray(layout: .plain(shape))
      let scalars = array.storage.pointer
      for index in 0..<count { scalars[index] = real(index) }
      return Constant(reals: array, type: type)
    }
    return switch type {
    case .float32: reals { Float(bitPattern: value($0, as: UInt32.self)) }
    case .float64: reals { Float(Double(bitPattern: value($0, as: UInt64.self))) }
    case .float16: reals { float(fromHalf: value($0, as: UInt16.self)) }
    case .bfloat16: reals { Float(bitPattern: UInt32(value($0, as: UInt16.self)) << 16) }
    case .float8e4m3, .float8e5m2: reals { float(fromEighth: bytes[$0], type) }
    case .uint4, .int4:
      // Two to a byte, the low half first.
      Constant(integers: (0..<count).map { type.wrapped(Int(bytes[$0 / 2] >> ($0 % 2 * 4))) }, shape: shape, type: type)
    case .int64: integers(as: Int64.self)
    case .int32: integers(as: Int32.self)
    case .int16: integers(as: Int16.self)
    case .int8: integers(as: Int8.self)
    case .uint64: integers(as: UInt64.self)
    case .uint32: integers(as: UInt32.self)
    case .uint16: integers(as: UInt16.self)
    case .uint8: integers(as: UInt8.self)
    case .bool: Constant(integers: bytes.map { $0 == 0 ? 0 : 1 }, shape: shape, type: type)
    }
  }

  /// The fields that older exporters write in place of `raw_data`.
  private func typedFields(
    of tensor: Limn_Onnx_TensorProto, type: ElementType, shape: [Int], count: Int
  ) throws(ONNXError) -> Constant {
    func reals<S: Sequence & Collection>(_ stored: S, _ real: (S.Element) -> Float) throws(ONNXError) -> Constant {
      try Self.check(stored.count, fills: count, "of them", of: tensor)
      return Constant(reals: stored.map(real), shape: shape, type: type)
    }
    func integers<T: BinaryInteger>(_ stored: [T]) throws(ONNXError) -> Constant {
      try Self.check(stored.count, fills: count, "of them", of: tensor)
      return Constant(integers: stored.map { Int(truncatingIfNeeded: $0) }, shape: shape, type: type)
    }
    switch type {
    case .float32: return try reals(tensor.floatData) { $0 }
    case .float64: return try reals(tensor.doubleData) { Float($0) }
    case .float16: return try reals(tensor.int32Data) { float(fromHalf: UInt16(truncatingIfNeeded: $0)) }
    case .bfloat16: return try reals(tensor.int32Data) { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) }
    case .float8e4m3, .float8e5m2:
      return try reals(tensor.int32Data) { float(fromEighth: UInt8(truncatingIfNeeded: $0), type) }
    case .uint4, .int4:
      try Self.check(tensor.int32Data.count, fills: (count + 1) / 2, "of them", of: tensor)
      let halves = tensor.int32Data.flatMap { [type.wrapped(Int($0)), type.wrapped(Int($0 >> 4))] }
      return Constant(integers: Array(halves.prefix(count)), shape: shape, type: type)
    case .int64: return try integers(tensor.int64Data)
    case .uint32, .uint64: return try integers(tensor.uint64Data)
    case .bool: return try integers(tensor.int32Data.map { $0 == 0 ? 0 : 1 })
    case .uint8, .int8, .uint16, .int16, .int32: return try integers(tensor.int32Data)
    }
  }
}
