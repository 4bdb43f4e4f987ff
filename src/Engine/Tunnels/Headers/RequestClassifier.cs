using Engine.Fields;

namespace Engine.Tunnels.Headers;

/// <summary>Tells from a request head what the stream is for.</summary>
internal static class RequestClassifier
{
    /// <summary>Classifies; field names in any case, values exactly, the first line of a name counts, and of several answers the
    /// first in this order: configuration, WebSocket, TCP, control stream, HTTP.</summary>
    public static RequestClass Classify(FieldList head)
    {
        head.TryGet(TunnelFields.Upgrade, out var upgrade);
        if (upgrade.SequenceEqual(TunnelFields.UpdateConfiguration))
        {
            return RequestClass.UpdateConfiguration;
        }

        if (upgrade.SequenceEqual(TunnelFields.WebSocket))
        {
            return RequestClass.WebSocket;
        }

        if (head.TryGet(TunnelFields.Source, out var source) && !source.IsEmpty)
        {
            return RequestClass.Tcp;
        }

        return upgrade.SequenceEqual(TunnelFields.ControlStream) ? RequestClass.ControlStream : RequestClass.Http;
    }
}
