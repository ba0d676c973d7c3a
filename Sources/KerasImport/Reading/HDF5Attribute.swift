import CHDF5

/// An attribute of a group or array.
struct HDF5Attribute {
  private let handle: HDF5Handle

  /// `nil` where the object has no such attribute.
  init?(_ name: String, of object: HDF5Handle) {
    guard H5Aexists(object.id, name) > 0,
      let handle = HDF5Handle(H5Aopen(object.id, name, limn_hdf5_default), closing: H5Aclose)
    else { return nil }
    self.handle = handle
  }

  /// The strings it holds, of fixed or variable length; `nil` where it holds something else.
  var strings: [String]? {
    guard let type = HDF5Handle(H5Aget_type(handle.id), closing: H5Tclose),
      let space = HDF5Handle(H5Aget_space(handle.id), closing: H5Sclose)
    else { return nil }
    let count = Int(H5Sget_simple_extent_npoints(space.id))
    guard count >= 0, count <= 1 << 20 else { return nil }
    // h5py writes an empty list as an empty array of float64.
    if count == 0 { return [] }
    guard H5Tget_class(type.id) == H5T_STRING else { return nil }
    return H5Tis_variable_str(type.id) > 0
      ? variable(type, space, count: count) : fixed(type, count: count)
  }

  private func fixed(_ type: HDF5Handle, count: Int) -> [String]? {
    let width = H5Tget_size(type.id)
    guard width > 0, width <= (1 << 30) / count else { return nil }
    var bytes = [UInt8](repeating: 0, count: width * count)
    guard H5Aread(handle.id, type.id, &bytes) >= 0 else { return nil }
    return (0..<count).map { index in
      String(decoding: bytes[index * width..<(index + 1) * width].prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private func variable(_ type: HDF5Handle, _ space: HDF5Handle, count: Int) -> [String]? {
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    guard H5Aread(handle.id, type.id, &pointers) >= 0 else { return nil }
    defer { H5Dvlen_reclaim(type.id, space.id, limn_hdf5_default, &pointers) }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }
}
