import AttributionKit
import Explaining
import Images
import Rendering
import Tensors

/// Volumes, films and signals, which methods see as pictures and people do not.
extension Attribution {
  /// What the values are of a volume, a film or a signal: `[depth, height, width]` or `[length]` of a map, in the array's own
  /// shape of its numbers; as they are where their places are no longer slices.
  func unstacked(by stack: StackedGrid) -> Tensor {
    guard isMap else { return values.shape == stack.stackedShape ? stack.unstacked(values) : values }
    if stack.kind == .signal { return values.shape[0] == 1 ? values.reshaped([values.shape[1]]) : values }
    let depth = stack.depth(of: layer) ?? (values.shape == Array(stack.stackedShape.dropFirst()) ? stack.depth : nil)
    guard let depth, values.shape[0] % depth == 0 else { return values }
    return values.reshaped([depth, values.shape[0] / depth, values.shape[1]])
  }
}

/// A volume's attributions on three planes through the greatest of each, or on frames of a film.
struct VolumePainter: Sendable {
  let slices: VolumeSlices
  private let input: Tensor
  private let stack: StackedGrid
  private let style: DrawingStyle

  /// `nil` where the subject is no volume or film.
  init?(on subject: Subject, style: DrawingStyle) {
    guard let stack = subject.stack, stack.kind != .signal else { return nil }
    slices = VolumeSlices(stack, in: subject.space)
    (input, self.stack, self.style) = (subject.input, stack, style)
  }

  /// An attribution `[d, h, w]` scaled for the eye, with what its colours mean.
  struct Shown {
    let values: Tensor
    let saliency: SaliencyMap
    let colorMap: ColorMap
    let isMap: Bool
  }

  /// `nil` for a map whose places are no slices.
  func shown(_ attribution: Attribution) -> Shown? {
    let colorMap = style.colorMap
    let display: Display =
      attribution.isMap
      ? (colorMap.isDiverging ? .signed : .evidence)
      : style.pixelDisplay == .texture ? .evidence : style.pixelDisplay
    let saliency = attribution.saliencyMap(display)
    let flat = Attribution(saliency.values, at: attribution.layer).unstacked(by: stack)
    guard flat.shape.count == 3 else { return nil }
    let own = attribution.isMap ? colorMap : display == .signed ? .diverging : .gray
    return Shown(values: flat, saliency: saliency, colorMap: own, isMap: attribution.isMap)
  }

  /// The planes through the greatest value, over the volume; numbers of voxels on their own.
  func drawn(_ attribution: Attribution) throws -> Painter.Drawn? {
    guard let shown = shown(attribution) else { return nil }
    let voxel = slices.peak(of: shown.values.map(abs))
    return Painter.Drawn(
      raster: try raster(shown, through: voxel), bar: .init(for: shown.saliency, in: shown.colorMap),
      planes: "through \(slices.caption(through: voxel))")
  }

  /// What is shown on the first plane alone through a voxel.
  func frame(_ shown: Shown, through voxel: [Int]) throws -> Raster {
    try raster(shown, through: voxel, on: slices.single)
  }

  /// What is shown on the planes through a voxel.
  private func raster(
    _ shown: Shown, through voxel: [Int], on slices: VolumeSlices? = nil
  ) throws -> Raster {
    let slices = slices ?? self.slices
    let map = slices.map(shown.values, through: voxel)
    guard shown.isMap else { return shown.colorMap.raster(of: map) }
    return try style.overlay.raster(of: map, over: slices.picture(of: input, through: voxel))
  }
}
