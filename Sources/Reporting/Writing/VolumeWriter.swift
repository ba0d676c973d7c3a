public import AttributionKit
public import Explaining
import Images
import Tensors

/// Writes maps of volumes as NIfTI files: float32 on the volume's own voxels, in its place in the body.
public struct VolumeWriter: ReportWriter {
  /// Whether files are compressed.
  public let isCompressed: Bool

  /// Writes volumes, compressed or not.
  public init(isCompressed: Bool) { self.isCompressed = isCompressed }

  /// `nii.gz`, or `nii`.
  public var fileExtensions: [String] { [isCompressed ? "nii.gz" : "nii"] }

  /// No sheet is a volume.
  public var needs: Sheet.Contents { [] }

  /// - Throws: ``ExplainingError``, always: a sheet is no single volume.
  public func data(of sheet: Sheet) throws -> [UInt8] {
    throw ExplainingError(.usage, "a comparison is no single volume: write each attribution by itself")
  }

  /// The map by interpolation between the layer's places; of voxels the sum over their channels.
  public func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8] {
    let subject = inquiry.picture.subject, attribution = try entry.outcome.get()
    guard let stack = subject.stack, stack.kind == .volume else {
      throw ExplainingError(.usage, "only a volume's map is written as NIfTI: of a picture choose .npy or .png")
    }
    let slices = VolumeSlices(stack, in: nil)
    let summed = attribution.isMap ? attribution.values : attribution.values.channelSum()
    let map = Attribution(summed, at: attribution.layer).unstacked(by: stack)
    guard map.shape.count == 3 else {
      throw ExplainingError(
        .data,
        "the places of layer \(attribution.layer.name) are no slices of the volume: choose .npy, or another layer")
    }
    var voxels = slices.voxels(of: map)
    if subject.volumeAxes == [2, 1, 0] { voxels = voxels.reversingAxes }
    return subject.volume?.data(of: voxels, isCompressed: isCompressed)
      ?? NIfTIFile.data(of: voxels, isCompressed: isCompressed)
  }
}

extension Tensor {
  /// `[a, b, c]` as `[c, b, a]`.
  fileprivate var reversingAxes: Tensor {
    let (a, b, c) = (shape[0], shape[1], shape[2])
    let moved = (0..<c).flatMap { k in (0..<b).flatMap { j in (0..<a).map { scalars[($0 * b + j) * c + k] } } }
    return Tensor(moved, shape: [c, b, a])
  }
}
