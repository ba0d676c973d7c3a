import AttributionKit
import Explaining
import Images
import Reporting

/// What requests share: networks, photographs, runs, and the two queues.
///
/// What takes a moment has a queue and a thread of its own, so that a slider or a camera answers while somebody else's thousand passes are
/// under way.
final class Desk: Sendable {
  let catalogue: Catalogue
  let limits: Limits
  let networks: Networks
  let photographs: Photographs
  let folders: Folders
  /// Where networks may be sent to; `nil` where none are taken.
  let sent: SentNetworks?
  let runs: Runs
  let quick: WorkQueue
  let thorough: WorkQueue
  let veil: Veil

  init(
    _ networks: [ServedNetwork], _ folders: [PhotographFolder], accepting: NetworkAcceptance?, catalogue: Catalogue,
    _ limits: Limits
  ) throws(ServingError) {
    (self.catalogue, self.limits) = (catalogue, limits)
    self.networks = Networks(networks, limits)
    (photographs, runs) = (Photographs(limits), Runs(limits))
    (quick, thorough) = (WorkQueue(workers: 1, limits), WorkQueue(workers: limits.jobs, limits))
    self.folders = Folders(folders, limits)
    if let accepting { sent = try SentNetworks(accepting, limits) } else { sent = nil }
    veil = Veil(networks.compactMap(\.path) + folders.map(\.path) + (sent.map { ["\($0.folder)/network"] } ?? []))
  }

  func stop() {
    quick.stop()
    thorough.stop()
    sent?.remove()
  }

  /// The picture of a question, and what changes where another takes its place.
  private func picture(
    _ image: String, of network: ServedNetwork, _ explainer: Explainer
  ) throws -> (picture: Picture, stamp: String) {
    if image.hasPrefix(Folders.prefix) {
      let entry = try folders.entry(image.dropFirst(Folders.prefix.count))
      return (Picture(named: entry.name) { [limits] in try entry.raster(limits) }, entry.stamp)
    }
    return (try kept(image, of: network, explainer), "")
  }

  private func kept(_ image: String, of network: ServedNetwork, _ explainer: Explainer) throws -> Picture {
    let prefix = "scene:"
    guard image.hasPrefix(prefix) else {
      return try photographs[image].picture(pixelLimit: explainer.pixelLimit)
    }
    let name = image.dropFirst(prefix.count)
    guard let scene = network.scenes.first(where: { $0.name == name }) else {
      throw Problem(.notFound, "the network '\(network.name)' has no picture '\(name.prefix(100))'")
    }
    return scene
  }

  /// Does something with the network's answer to a picture, and with what is asked of it.
  ///
  /// At a picture that is only glanced at, as a whole folder is, the runs that others work with stay.
  func with<Value>(
    _ asked: Asked, _ job: Job, isGlance: Bool = false, do body: (AnsweredPicture, ServedNetwork) throws -> Value
  ) throws -> Value {
    let (network, explainer) = try networks.explainer(asked.network)
    let (picture, stamp) = try picture(asked.image, of: network, explainer)
    let region = try asked.regionExpression()
    let key = Runs.Key(network: network.name, image: asked.image, stamp: stamp, region: region?.text)
    return try runs.with(key, for: job, isGlance: isGlance) { relay in
      try explainer.answer(
        PictureQueue([picture], workers: explainer.workers, pixelLimit: explainer.pixelLimit), at: 0, region: region,
        progress: { try relay.hear($0) })
    } do: { answered in
      try body(answered, network)
    }
  }

  /// The methods that a question names, each once.
  func methods(_ text: String?, layer: String?, on explainer: Explainer) throws -> [MethodExpression] {
    let layer = layer.flatMap { $0.isEmpty ? nil : $0 } ?? explainer.layer
    let text = text.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    return try explainer.catalogue.expressions(text, layer: layer, on: explainer.model).reduce(into: []) { once, next in
      if !once.contains(where: { $0.identifier == next.identifier }) { once.append(next) }
    }
  }
}
