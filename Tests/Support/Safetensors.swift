public import Tensors

/// One tensor of a safetensors file in the making: what the header says of it, and its bytes.
public struct StoredTensor {
  public var name: String
  public var type: String
  public var shape: [Int]
  public var bytes: [UInt8]

  public init(_ name: String, type: String, shape: [Int], bytes: [UInt8]) {
    (self.name, self.type, self.shape, self.bytes) = (name, type, shape, bytes)
  }

  public init(_ name: String, _ tensor: Tensor) {
    let bytes = tensor.scalars.flatMap { scalar in withUnsafeBytes(of: scalar.bitPattern.littleEndian, Array.init) }
    self.init(name, type: "F32", shape: tensor.shape, bytes: bytes)
  }
}

/// A safetensors file of these tensors, in this order.
public func safetensors(_ tensors: [StoredTensor], alignment: Int = 8) -> [UInt8] {
  var place = 0
  let entries = tensors.map { tensor in
    defer { place += tensor.bytes.count }
    let offsets = [place, place + tensor.bytes.count]
    return #""\#(tensor.name)":{"dtype":"\#(tensor.type)","shape":\#(tensor.shape),"data_offsets":\#(offsets)}"#
  }
  let header = #"{"__metadata__":{"format":"pt"},\#(entries.joined(separator: ","))}"#
  return safetensors(header: header, data: tensors.flatMap(\.bytes), alignment: alignment)
}

/// A file with this header, padded so that the data begins at a multiple of `alignment`.
public func safetensors(header: String, data: [UInt8], alignment: Int = 8) -> [UInt8] {
  var header = Array(header.utf8)
  while (8 + header.count) % alignment != 0 { header.append(UInt8(ascii: " ")) }
  return withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header + data
}

/// A safetensors file of tensors in single precision.
public func safetensors(_ tensors: [String: Tensor]) -> [UInt8] {
  safetensors(tensors.sorted { $0.key < $1.key }.map { StoredTensor($0.key, $0.value) })
}
